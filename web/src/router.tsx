import type { QueryClient } from "@tanstack/react-query";
import { createBrowserRouter, type LoaderFunctionArgs, redirect } from "react-router";

import { meQuery, statusQuery, whoLooks } from "./api/session.ts";
import { Broken } from "./components/Broken.tsx";
import { Frame } from "./components/Frame.tsx";
import { type Load, viewOrWhy } from "./components/MissingPart.tsx";
import { Nowhere } from "./components/Nowhere.tsx";
import { paths } from "./ui/paths.ts";
import { askFirst } from "./views/first.ts";
import { VIEWS } from "./views/registry.ts";

/** How long the first view waits for what it shows: then it is drawn with what is there. */
const SOON_MS = 250;

/** The routes, made from the views. */
export function createRouter(queries: QueryClient) {
  /** Leads to the sign-in, and back to where one wanted to go. */
  const requireMe = async ({ request }: LoaderFunctionArgs) => {
    // Sets the clock; a failure shows where the status does.
    queries.query(statusQuery).catch(() => undefined);
    const me = await whoLooks(queries);
    const url = new URL(request.url);
    if (me === null) {
      return redirect(paths.signIn(url.pathname + url.search));
    }
    // Where the browser was told to ask for it with the code, it is here at once: then the view is drawn once, as
    // it is, instead of piece by piece.
    await Promise.race([askFirst(queries, url), new Promise((resolve) => setTimeout(resolve, SOON_MS))]);
    return null;
  };
  /** Of every view after the first; nobody waits for it. */
  const beginView = ({ request }: LoaderFunctionArgs) => {
    if (queries.getQueryData(meQuery.queryKey) != null) {
      void askFirst(queries, new URL(request.url));
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
          loader: beginView,
          errorElement: <Broken inFrame />,
        })),
        { path: "*", element: <Nowhere /> },
      ],
    },
  ]);
}
