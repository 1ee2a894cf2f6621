import { Component, lazy, type ReactNode, Suspense } from "react";

const Markdown = lazy(() => import("./Markdown.tsx"));

/** Markdown; as it was typed until what reads it is there, or when that cannot be had. */
export function Written({ text }: { text: string }) {
  const typed = <div style={{ whiteSpace: "pre-wrap" }}>{text}</div>;
  return (
    <AsTyped typed={typed}>
      <Suspense fallback={typed}>
        <Markdown text={text} />
      </Suspense>
    </AsTyped>
  );
}

/** A note that cannot be drawn is still read. */
class AsTyped extends Component<{ typed: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.typed : this.props.children;
  }
}
