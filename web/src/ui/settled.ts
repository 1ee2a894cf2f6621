import { useDeferredValue, useEffect, useState } from "react";

/** Nothing is asked for while somebody still types. */
const PAUSE_MS = 500;

/** What somebody writes, once they pause. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return useDeferredValue(settled);
}
