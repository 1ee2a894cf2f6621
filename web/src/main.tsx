import "@mantine/core/styles/baseline.layer.css";
import "@mantine/core/styles/default-css-variables.layer.css";
import "@mantine/core/styles/global.layer.css";
import "@mantine/core/styles/UnstyledButton.layer.css";
import "@mantine/core/styles/Button.layer.css";
import "@mantine/core/styles/Loader.layer.css";
import "@mantine/core/styles/Input.layer.css";
import "./theme/fonts.css";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/print.css";

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";

import { keepAnswers } from "./api/kept.ts";
import { createQueries } from "./api/queries.ts";
import { keepProgram } from "./components/version.ts";
import { warmViews } from "./components/warm.ts";
import { createRouter } from "./router.tsx";
import { schemeManager } from "./theme/scheme.ts";
import { resolver, theme } from "./theme/theme.ts";
import { Toasts } from "./ui/Toasts.tsx";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("index.html has no #root");
}

const queries = createQueries();
keepAnswers(queries);
if (import.meta.env.PROD) {
  keepProgram(() => queries.isFetching() === 0, warmViews);
}

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolver}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={createRouter(queries)} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
