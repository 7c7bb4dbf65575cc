/** A technique's progress on a meter. */
import { finish } from "../run/execute.ts";
import type { Progress } from "../run/technique.ts";
import type { Meter } from "./_progress.ts";

/** Runs a generator to its end, with a meter for what takes more than a step; stops the meter. */
export async function metered<Result>(
  steps: AsyncGenerator<Progress, Result>,
  meter: Meter,
): Promise<Result> {
  try {
    return await finish(steps, ({ step, of, loss }) => {
      if (of > 1) meter.update(step, of, loss === undefined ? "" : `loss ${loss.toPrecision(5)}`);
    });
  } finally {
    meter.stop();
  }
}
