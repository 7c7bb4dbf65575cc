/** The same network the usual way: plain TensorFlow.js ops, differentiated by its tape. */
import * as tf from "@tensorflow/tfjs";
import { type Values, values } from "../core/values.ts";
import { INPUT } from "../engine/graph.ts";
import type { Network } from "../engine/network.ts";
import type { Objective } from "../engine/objectives.ts";
import { plan, type Step } from "../engine/plan.ts";

type Pads = [number, number, number, number];

const conv = (x: tf.Tensor, { node, params }: Step): tf.Tensor => {
  const [top, bottom, left, right] = node.attrs.pad as Pads;
  const y = tf.conv2d(
    x as tf.Tensor4D,
    params.tensor("kernel") as tf.Tensor4D,
    node.attrs.strides as [number, number],
    [[0, 0], [top, bottom], [left, right], [0, 0]],
  );
  return params.has("bias") ? tf.add(y, params.tensor("bias")) : y;
};

const OPS: Record<string, (inputs: tf.Tensor[], step: Step) => tf.Tensor> = {
  conv2d: ([x], step) => conv(x, step),
  add: ([a, b]) => tf.add(a, b),
  relu: ([x]) => tf.relu(x),
  maxPool: ([x], { node }) =>
    tf.maxPool(
      x as tf.Tensor4D,
      node.attrs.kernel as [number, number],
      node.attrs.strides as [number, number],
      (node.attrs.pad as Pads)[0],
    ),
  avgPool: ([x], { node }) =>
    tf.avgPool(
      x as tf.Tensor4D,
      node.attrs.kernel as [number, number],
      node.attrs.strides as [number, number],
      "same",
    ),
  adaptiveAvgPool: ([x]) => x,
  globalAvgPool: ([x]) => tf.mean(x, [1, 2]),
  dense: ([x], { params }) =>
    tf.add(
      tf.matMul(x as tf.Tensor2D, params.tensor("kernel") as tf.Tensor2D),
      params.tensor("bias"),
    ),
};

/** Forward and gradient over the tape; weights are the engine's own, batch-norm folded. */
export function tapeGradient(network: Network, objective: Objective) {
  const [layer] = objective.layers, target = network.layer(layer);
  const steps = plan(network.graph, network.parameters, new Set([target]));
  const run = (image: tf.Tensor) => {
    const at = new Map([[INPUT, image]]);
    for (const step of steps) {
      const y = OPS[step.node.op](step.node.inputs.map((name) => at.get(name)!), step);
      at.set(step.output, step.activation ? tf.relu(y) : y);
    }
    return at.get(target)!;
  };
  const gradient = tf.grad((x: tf.Tensor) => objective.value(() => run(x)));
  const prepare = () =>
    tf.tidy(() =>
      steps.forEach(({ params }) =>
        ["kernel", "bias"].forEach((r) => params.has(r) && params.tensor(r))
      )
    );
  return {
    async forward(x: tf.Tensor): Promise<void> {
      const y = tf.tidy(() => run(x));
      await y.data();
      y.dispose();
    },
    async gradient(x: tf.Tensor): Promise<Values> {
      prepare();
      const g = gradient(x);
      const found = values(await g.data() as Float32Array, g.shape);
      g.dispose();
      return found;
    },
  };
}
