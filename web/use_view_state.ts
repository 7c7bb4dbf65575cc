/** How a run is looked at, kept in the address. */
import { useEffect, useRef, useState } from "../deps/preact_hooks.ts";
import { readViewState, type ViewState, writeViewState } from "./view_state.ts";

/** Between the last change and its place in the address, in ms. */
const SETTLED_MS = 250;

/** The state of a viewer, which follows the address and is followed by it. @param first as it begins */
export function useViewState(
  first: ViewState,
  bounds: { readonly width: number; readonly height: number; readonly frames: number },
): [ViewState, (changed: Partial<ViewState>) => void] {
  const [state, setState] = useState(first), ready = useRef(false);
  useEffect(() => {
    const read = () => {
      // a place in the page, such as its main part, is no view
      if (location.hash && !location.hash.includes("=")) return;
      setState(readViewState(location.hash, first, bounds));
    };
    read();
    ready.current = true;
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  useEffect(() => {
    if (!ready.current) return;
    const timer = setTimeout(() => {
      const fragment = writeViewState(state, first);
      if (!fragment && !location.hash.includes("=")) return;
      const address = location.pathname + location.search + (fragment && `#${fragment}`);
      history.replaceState(history.state, "", address);
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return [state, (changed) => setState((before) => ({ ...before, ...changed }))];
}
