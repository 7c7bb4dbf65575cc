/** Work of several parts, each with a meter of its own. */
import type { Context } from "./_context.ts";
import type { Meter } from "./_progress.ts";

/** One meter after another, each for a part of the work. */
export function phases(context: Context) {
  let title = "", meter: Meter | undefined;
  return {
    show(what: string, step: number, of: number, note = "") {
      if (what !== title) {
        meter?.stop();
        meter = context.meter(title = what);
      }
      meter!.update(step, of, note);
    },
    stop() {
      meter?.stop();
      title = "";
    },
  };
}
