/**
 * Runs plans on the GPU the second time as the first, without the work of asking for it: the shaders of
 * a pass, with the buffers that they read and write, are recorded when a plan is run again, and handed
 * in at once from then on. The numbers are the steps'. Plans with a rule that nobody knows by its name
 * are left to them: it may do more than compute.
 */
import * as tf from "../../../deps/tfjs.ts";
import type { Executor } from "../../executor.ts";
import { Unrecordable } from "../../gpu/arena.ts";
import { GpuBackend } from "../../gpu/backend.ts";
import { stepwise, StepwisePass } from "../steps.ts";
import { waysBack } from "../ways.ts";
import { RecordedPass } from "./pass.ts";
import { isForCpu, MOST_BYTES } from "./recording.ts";
import { entryFor, recordingFor } from "./recordings.ts";

/** With a way back, a recording has been seen to take up to four times what a pass holds for it. */
const isTooLarge = ({ held }: StepwisePass): boolean =>
  4 * 4 * [...held.values()].reduce((sum, { size }) => sum + size, 0) > MOST_BYTES;

/** The executor that records. */
export const recorded: Executor = {
  id: "recorded",
  backend: "webgpu",
  can: (plan) =>
    plan.steps.length > 0 && waysBack(plan) !== undefined && tf.backend() instanceof GpuBackend,
  async start(plan, given, signal) {
    const { taps, to } = plan, gpu = tf.backend() as GpuBackend;
    if (isForCpu(gpu, given)) return await stepwise.start(plan, given, signal);
    const inputs = [...given].map(([node, { shape, dtype }]) => [node, shape, dtype]);
    const key = JSON.stringify([inputs, [...taps], [...to], [...waysBack(plan)!.values()]]);
    const entry = entryFor(gpu, plan, key), recording = recordingFor(entry);
    if (!recording) {
      const pass = await stepwise.start(plan, given, signal);
      entry.isLeft ||= pass instanceof StepwisePass && isTooLarge(pass);
      return pass;
    }
    const pass = new RecordedPass(plan, recording, signal);
    try {
      await pass.run(given);
      return pass;
    } catch (error) {
      pass.dispose();
      if (error instanceof Unrecordable) return await stepwise.start(plan, given, signal);
      throw error;
    }
  },
};
