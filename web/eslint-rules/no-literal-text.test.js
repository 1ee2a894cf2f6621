import { RuleTester } from "eslint";
import { describe, it } from "vitest";

import { noLiteralText } from "./no-literal-text.js";

RuleTester.describe = describe;
RuleTester.it = it;

const tester = new RuleTester({
  languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
});
const errors = [{ messageId: "literal" }];

tester.run("no-literal-text", noLiteralText, {
  valid: [
    '<b>{t("ui.frame.skip")}</b>',
    '<b className="row hot" id="abc">·</b>',
    "<b aria-label={t('ui.close')}>{count} · 3</b>",
    '<kbd>{"a"}</kbd>',
    '<Say k="ui.on_call.then" />',
  ],
  invalid: [
    { code: "<b>Resolve</b>", errors },
    { code: '<b>{"Resolve"}</b>', errors },
    { code: "<b>{open ? t('ui.a') : 'Closed'}</b>", errors },
    { code: "<b>{`Since ${x}`}</b>", errors },
    { code: '<input placeholder="A note" />', errors },
    { code: "<input aria-label={x && 'Close it'} />", errors },
  ],
});
