import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

import { noLiteralText } from "./eslint-rules/no-literal-text.js";

export default ts.config(
  { ignores: ["dist/", "shots-out/", "src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks, watchbell: { rules: { "no-literal-text": noLiteralText } } },
    languageOptions: { globals: globals.browser },
    rules: {
      ...hooks.configs.recommended.rules,
      "watchbell/no-literal-text": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name=/^(c|bg|color)$/]",
          message: "Colour means state: it comes from a class and the tokens of src/theme/tokens.css.",
        },
      ],
    },
  },
  {
    files: ["src/**/*.test.{ts,tsx}"],
    rules: { "watchbell/no-literal-text": "off" },
  },
  {
    files: ["*.js", "eslint-rules/**/*.js", "e2e/**/*.{js,ts}"],
    languageOptions: { globals: globals.node },
  },
  { files: ["public/**/*.js"], languageOptions: { globals: globals.browser, sourceType: "script" } },
);
