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
import { stepwise } from "../steps.ts";
import { waysBack } from "../ways.ts";
import { RecordedPass } from "./pass.ts";
import { recordingFor } from "./recordings.ts";

/** The executor that records. */
export const recorded: Executor = {
  id: "recorded",
  backend: "webgpu",
  can: (plan) =>
    plan.steps.length > 0 && waysBack(plan) !== undefined && tf.backend() instanceof GpuBackend,
  async start(plan, given, signal) {
    const { parameters, steps, taps, to } = plan;
    const inputs = [...given].map(([node, { shape, dtype }]) => [node, shape, dtype]);
    const key = JSON.stringify([inputs, [...taps], [...to], [...waysBack(plan)!.values()]]);
    const recording = recordingFor(tf.backend() as GpuBackend, parameters, steps, key);
    if (!recording) return await stepwise.start(plan, given, signal);
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
