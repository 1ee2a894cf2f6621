import { type ComponentType, lazy, type LazyExoticComponent, Suspense, useState } from "react";

/** Something that opens and closes. */
interface Opens {
  isOpen: boolean;
}

/**
 * A dialog that is loaded when it is first opened: the first page must not wait for what few open.
 * Once loaded it stays, so that it can close as it should.
 */
export function lazily<P extends Opens>(load: () => Promise<{ default: ComponentType<P> }>) {
  const Loaded: LazyExoticComponent<ComponentType<P>> = lazy(load);
  return function Lazily(props: P) {
    const [wasOpen, setWasOpen] = useState(props.isOpen);
    if (props.isOpen && !wasOpen) {
      setWasOpen(true);
    }
    return wasOpen ? (
      <Suspense fallback={null}>
        <Loaded {...props} />
      </Suspense>
    ) : null;
  };
}
