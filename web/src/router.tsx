import type { QueryClient } from "@tanstack/react-query";
import { createBrowserRouter, type LoaderFunctionArgs, redirect } from "react-router";

import { statusQuery, whoLooks } from "./api/session.ts";
import { Broken } from "./components/Broken.tsx";
import { Frame } from "./components/Frame.tsx";
import { type Load, viewOrWhy } from "./components/MissingPart.tsx";
import { Nowhere } from "./components/Nowhere.tsx";
import { paths } from "./ui/paths.ts";
import { askFirst } from "./views/incidents/first.ts";
import { VIEWS } from "./views/registry.ts";

/** The routes, made from the views. */
export function createRouter(queries: QueryClient) {
  /** Leads to the sign-in, and back to where one wanted to go. */
  const requireMe = async ({ request }: LoaderFunctionArgs) => {
    // Sets the clock; a failure shows where the status does.
    queries.query(statusQuery).catch(() => undefined);
    const me = await whoLooks(queries);
    const { pathname, search } = new URL(request.url);
    if (me === null) {
      return redirect(paths.signIn(pathname + search));
    }
    if (pathname + search === paths.incidents()) {
      await askFirst(queries);
    }
    return null;
  };
  const lazy = (load: Load) => async () => ({ Component: await viewOrWhy(load) });
  return createBrowserRouter([
    {
      path: "/sign-in",
      lazy: lazy(() => import("./views/sign-in/SignIn.tsx")),
      errorElement: <Broken />,
      hydrateFallbackElement: <></>,
    },
    {
      path: "/set-up",
      lazy: lazy(() => import("./views/sign-in/SetUp.tsx")),
      errorElement: <Broken />,
      hydrateFallbackElement: <></>,
    },
    {
      element: <Frame />,
      loader: requireMe,
      errorElement: <Broken />,
      hydrateFallbackElement: <></>,
      shouldRevalidate: () => false,
      children: [
        ...VIEWS.map((view) => ({
          path: view.path,
          lazy: lazy(view.load),
          errorElement: <Broken inFrame />,
        })),
        { path: "*", element: <Nowhere /> },
      ],
    },
  ]);
}
