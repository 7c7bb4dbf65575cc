/** Progress on standard error: a bar on a terminal, a line now and then elsewhere. */
import type { SingleBar } from "cli-progress";

/** Tells how far a piece of work has come. */
export interface Meter {
  /** @param of The last step, where it is known. */
  update(step: number, of: number | undefined, note?: string): void;
  stop(): void;
}

/** Lines that are no terminal's come at most this often. */
const LINE_INTERVAL_MS = 1000;

export const silentMeter: Meter = { update() {}, stop() {} };

type Format = (n: number) => string;

const join = (...parts: (string | undefined)[]) => parts.filter(Boolean).join("  ");

/** The first step, the last, and one a second between them. */
function lineMeter(title: string, format: Format): Meter {
  let told = -Infinity;
  return {
    update(step, of, note) {
      if (step !== of && performance.now() - told < LINE_INTERVAL_MS) return;
      told = performance.now();
      const place = of === undefined ? format(step) : `${format(step)}/${format(of)}`;
      console.error(join(`${title} ${place}`, note));
    },
    stop() {},
  };
}

/** A bar that goes away when the work is done. */
async function barMeter(title: string, format: Format): Promise<Meter> {
  const { SingleBar } = (await import("cli-progress")).default;
  let bar: SingleBar | undefined;
  return {
    update(step, of, note) {
      const total = of ?? 0;
      const payload = {
        note: note ?? "",
        done: of === undefined ? format(step) : `${format(step)}/${format(of)}`,
      };
      if (!bar) {
        bar = new SingleBar({
          format: of === undefined
            ? `${title} {done}  {note}`
            : `${title} [{bar}] {done}  {eta_formatted}  {note}`,
          barsize: 24,
          clearOnComplete: true,
          gracefulExit: false,
          etaBuffer: 50,
        });
        bar.start(total, step, payload);
      } else bar.update(step, payload);
    },
    stop: () => bar?.stop(),
  };
}

/** A meter for the standard error that there is. */
export function meterFor(title: string, format: Format = String): Meter {
  if (!Deno.stderr.isTerminal()) return lineMeter(title, format);
  // the bar's module is loaded meanwhile: until it is there, nothing shows
  let bar = silentMeter, stopped = false;
  void barMeter(title, format).then((loaded) => stopped || (bar = loaded));
  return {
    update: (step, of, note) => bar.update(step, of, note),
    stop() {
      stopped = true;
      bar.stop();
    },
  };
}
