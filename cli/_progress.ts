/** Progress on standard error: a bar on a terminal, a line now and then elsewhere. */
import type { SingleBar } from "../deps/cli_progress.ts";
import { oneLine } from "../core/plain.ts";
import { platform } from "../platform/mod.ts";

/** Tells how far a piece of work has come. */
export interface Meter {
  /** @param of The last step, where it is known. */
  update(step: number, of: number | undefined, note?: string): void;
  /** Makes room for a line of text, until the next update. */
  clear(): void;
  stop(): void;
}

/** Lines that are no terminal's come at most this often. */
const LINE_INTERVAL_MS = 1000;

const CLEAR_LINE = "\r\x1b[2K";

export const silentMeter: Meter = { update() {}, clear() {}, stop() {} };

type Format = (n: number) => string;

const join = (...parts: (string | undefined)[]) => parts.filter(Boolean).join("  ");

/** The first step, the last, and one a second between them. */
function lineMeter(title: string, format: Format): Meter {
  let told = -Infinity, last = "";
  return {
    update(step, of, note) {
      if (step !== of && performance.now() - told < LINE_INTERVAL_MS) return;
      const place = of === undefined ? format(step) : `${format(step)}/${format(of)}`;
      const text = join(`${title} ${place}`, note && oneLine(note));
      if (text === last) return;
      [told, last] = [performance.now(), text];
      console.error(text);
    },
    clear() {},
    stop() {},
  };
}

/** A bar that goes away when the work is done. */
async function barMeter(title: string, format: Format): Promise<Meter> {
  const { Format, SingleBar } = await import("../deps/cli_progress.ts");
  let bar: SingleBar | undefined;
  return {
    update(step, of, note) {
      const total = of ?? 0;
      const payload = {
        note: oneLine(note ?? ""),
        done: of === undefined ? format(step) : `${format(step)}/${format(of)}`,
      };
      if (!bar) {
        bar = new SingleBar({
          stream: platform.terminal(),
          format: of === undefined
            ? `${title} {done}  {note}`
            : `${title} [{bar}] {done}  {eta_formatted}  {note}`,
          barsize: 24,
          // before the first step is done, there is nothing to tell the time by
          formatTime: (seconds: number, options: unknown, round?: number) =>
            Number.isFinite(seconds) ? Format.TimeFormat(seconds, options, round) : "",
          clearOnComplete: true,
          gracefulExit: false,
          etaBuffer: 50,
        });
        bar.start(total, step, payload);
      } else bar.update(step, payload);
    },
    clear: () => bar && platform.writeError(CLEAR_LINE),
    stop: () => bar?.stop(),
  };
}

/** A meter for the standard error that there is. */
export function meterFor(name: string, format: Format = String): Meter {
  // a title and a note may be the names of files
  const title = oneLine(name);
  if (!platform.isTerminal()) return lineMeter(title, format);
  // the bar's module is loaded meanwhile: until it is there, nothing shows
  let bar = silentMeter, stopped = false;
  void barMeter(title, format).then((loaded) => stopped || (bar = loaded));
  return {
    update: (step, of, note) => bar.update(step, of, note),
    clear: () => bar.clear(),
    stop() {
      stopped = true;
      bar.stop();
    },
  };
}
