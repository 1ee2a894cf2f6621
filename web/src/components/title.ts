import { useEffect } from "react";
import { create } from "../ui/store.ts";

/** What the phone's top bar and the tab say about the view that is shown. */
interface ViewTitle {
  text: string;
  /** Where the phone's back arrow leads; views of the navigation have none. */
  back?: string | undefined;
}

const store = create<ViewTitle>({ text: "" });

/** The view that is shown. */
export const useShownTitle = store.use;

/** Names the view that is shown. */
export function useViewTitle(text: string, back?: string): void {
  useEffect(() => {
    store.set({ text, back });
  }, [text, back]);
}
