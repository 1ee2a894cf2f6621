/**
 * Refuses words for people inside JSX: they belong into catalogue/en.json and come by `t("ui.…")`.
 * Marks and figures (`·`, `?`, `3`) are no words.
 */
const WORD = /\p{L}{2,}/u;

/** Attributes whose value people read or hear. */
const SPOKEN = new Set([
  "alt",
  "aria-description",
  "aria-label",
  "aria-roledescription",
  "aria-valuetext",
  "description",
  "error",
  "label",
  "placeholder",
  "title",
]);

/** The literal text of an expression, if it has any. */
function literal(node) {
  if (node?.type === "Literal" && typeof node.value === "string") {
    return node.value;
  }
  if (node?.type === "TemplateLiteral") {
    return node.quasis.map((quasi) => quasi.value.cooked).join("");
  }
  return "";
}

/** @type {import("eslint").Rule.RuleModule} */
export const noLiteralText = {
  meta: {
    type: "problem",
    docs: { description: "texts come from the catalogue" },
    messages: { literal: "Put “{{text}}” into catalogue/en.json and write t(\"ui.…\")." },
    schema: [],
  },
  create(context) {
    const check = (node, text) => {
      if (WORD.test(text)) {
        context.report({ node, messageId: "literal", data: { text: text.trim() } });
      }
    };
    const checkExpression = (expression) => {
      if (expression?.type === "ConditionalExpression") {
        checkExpression(expression.consequent);
        checkExpression(expression.alternate);
      } else if (expression?.type === "LogicalExpression") {
        checkExpression(expression.right);
      } else {
        check(expression, literal(expression));
      }
    };
    return {
      JSXText: (node) => {
        check(node, node.value);
      },
      "JSXElement > JSXExpressionContainer": (node) => {
        checkExpression(node.expression);
      },
      JSXAttribute: (node) => {
        if (node.name.type !== "JSXIdentifier" || !SPOKEN.has(node.name.name)) {
          return;
        }
        checkExpression(
          node.value?.type === "JSXExpressionContainer" ? node.value.expression : node.value,
        );
      },
    };
  },
};
