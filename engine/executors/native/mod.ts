/**
 * Runs plans in ONNX Runtime, the native one: a plan becomes two graphs, one forward and one back,
 * whose only borders with TensorFlow.js are taps, seeds and gradients. Plans with an op or a rule
 * that it has no row for are left to others.
 */
import { sizeOf } from "../../../core/values.ts";
import type { Executor, Plan } from "../../executor.ts";
import { loadOrt } from "./ort.ts";
import { stepwise } from "../steps.ts";
import { isSmallThroughout } from "./graphs.ts";
import { NativePass } from "./pass.ts";
import { Program } from "./program.ts";
import { programFor } from "./programs.ts";
import { nativeOp } from "./table.ts";
import { threadCount } from "../../threads/count.ts";
import { waysBack } from "../ways.ts";

/** An ONNX file has at most 2 GB; the phases of a strided kernel are up to 16/9 of it. */
const MOST_WEIGHTS = 2 ** 30;

function isSmallEnough({ steps }: Plan): boolean {
  const numbers = steps.map(({ params }) =>
    params.has("kernel") ? sizeOf(params.shape("kernel")) : 0
  );
  return numbers.reduce((a, b) => a + b, 0) * 4 <= MOST_WEIGHTS;
}

/** Whether each of its steps, and what is fused into it, has a row. */
const hasRows = ({ steps }: Plan) =>
  steps.every(({ node, activation = node.op }) => nativeOp(node.op) && nativeOp(activation));

/**
 * The executor that computes in ONNX Runtime. It leaves plans to the steps whose every step is so
 * small that these sum it more exactly: long optimizations on small networks stay on the path that
 * exact arithmetic takes.
 *
 * @param smallToo whether it takes them all the same
 */
export const nativeExecutor = (smallToo = false): Executor => ({
  id: "native",
  backend: "native",
  can: (plan) =>
    plan.steps.length > 0 && hasRows(plan) && isSmallEnough(plan) && waysBack(plan) !== undefined,
  async start(plan, given, signal) {
    const ways = waysBack(plan)!;
    const shapes = new Map([...given].map(([node, { shape }]) => [node, shape.slice(1)] as const));
    const ends = [[...plan.taps.values()], [...plan.to.values()], [...ways.values()]];
    const key = JSON.stringify([[...shapes], ends, threadCount(), smallToo]);
    const program = await programFor(
      plan.parameters,
      plan.steps,
      key,
      async () =>
        smallToo || !isSmallThroughout(plan, shapes)
          ? await Program.of(await loadOrt(), plan, ways, shapes)
          : undefined,
    );
    if (!program) return await stepwise.start(plan, given, signal);
    const pass = new NativePass(plan, program, signal);
    try {
      await pass.run(given);
      return pass;
    } catch (error) {
      pass.dispose();
      throw error;
    }
  },
});

/** The one in use while the backend is `native`. */
export const native: Executor = nativeExecutor();
