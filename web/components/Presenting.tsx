/** @jsxImportSource npm:preact@10.29.8 */
/** A part of the page that can fill the screen: for a projector, with nothing beside it. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { useLayoutEffect, useRef } from "../../deps/preact_hooks.ts";
import { leaveAlone } from "../alone.ts";

/** Whether a key was pressed for a field, not for the page. */
const inField = (target: EventTarget | null) =>
  target instanceof Element && target.matches("input, textarea, select, [contenteditable]");

/** Shows its children alone while `presenting`; the key `p` begins and ends that, Escape ends it. */
export function Presenting({ presenting, onPresenting, class: name, children }: {
  presenting: boolean;
  onPresenting(presenting: boolean): void;
  class: string;
  children: ComponentChildren;
}) {
  const whole = useRef<HTMLDivElement>(null);
  // at once, not after painting: a key pressed twice quickly must find what the first has done
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
      if (event.key === "p") onPresenting(!presenting);
      else if (event.key === "Escape" && presenting) onPresenting(false);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [presenting]);
  useLayoutEffect(() => {
    const { current: element } = whole;
    if (!presenting || !element) return;
    const before = document.activeElement, back = leaveAlone(element);
    const left = () => document.fullscreenElement || onPresenting(false);
    const exit = () => {
      if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    };
    let over = false;
    // the page alone is enough where a browser does not give the whole screen
    element.requestFullscreen?.().then(
      () => over ? exit() : document.addEventListener("fullscreenchange", left),
      () => {},
    );
    element.focus();
    return () => {
      over = true;
      back();
      document.removeEventListener("fullscreenchange", left);
      exit();
      if (before instanceof HTMLElement) before.focus();
    };
  }, [presenting]);
  return (
    <div ref={whole} class={presenting ? `${name} presenting` : name} tabIndex={-1}>
      {children}
      {presenting && (
        <button type="button" class="leave" onClick={() => onPresenting(false)}>
          Leave (Esc)
        </button>
      )}
    </div>
  );
}
