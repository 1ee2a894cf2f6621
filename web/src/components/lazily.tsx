import { type ComponentType, useEffect, useEffectEvent, useState } from "react";

import { sayMissing } from "./version.ts";

/** Something that opens and closes. */
interface Opens {
  isOpen: boolean;
  onClose?: () => void;
}

/**
 * A dialog that is loaded when it is first opened: the first page must not wait for what few open.
 * Once loaded it stays, so that it can close as it should. One that cannot be loaded says so and closes:
 * what stands under it, and what is typed there, is not to go with it.
 */
export function lazily<P extends Opens>(load: () => Promise<{ default: ComponentType<P> }>) {
  let loaded: ComponentType<P> | undefined;
  return function Lazily(props: P) {
    const { isOpen, onClose } = props;
    const [Loaded, setLoaded] = useState(() => loaded);
    const isWanted = isOpen && Loaded === undefined;
    const fail = useEffectEvent(() => {
      onClose?.();
      void sayMissing();
    });
    useEffect(() => {
      if (!isWanted) {
        return undefined;
      }
      const wait = new AbortController();
      load().then(
        (part) => {
          loaded = part.default;
          setLoaded(() => part.default);
        },
        () => {
          if (!wait.signal.aborted) {
            fail();
          }
        },
      );
      return () => {
        wait.abort();
      };
    }, [isWanted]);
    return Loaded === undefined ? null : <Loaded {...props} />;
  };
}
