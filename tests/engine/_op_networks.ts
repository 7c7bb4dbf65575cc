/** Networks of one use of an op. */
import * as tf from "../../deps/tfjs.ts";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { INPUT, type Node } from "../../engine/graph.ts";
import { Network } from "../../engine/network.ts";
import type { Case } from "./_op_cases.ts";

/** Pictures at a time. */
export const BATCH = 3;

const numbers = (name: string, shape: readonly number[], low = -1, high = 1) =>
  values(random(name).uniformValues([...shape], low, high), shape);

/** The same numbers for a name. */
export const tensor = (name: string, shape: readonly number[]) =>
  tf.tensor(numbers(name, shape), [...shape]);

/** A network of one use of an op, its inputs behind nodes that values can be given for. */
export function networkOf(name: string, { inputs, attrs = {}, params = {} }: Case): Network {
  const names = inputs.map((_, i) => `x${i}`);
  const plain = { attrs: {}, params: {} };
  const nodes: Node[] = [
    ...names.map((name) => ({ name, op: "identity", inputs: [INPUT], ...plain })),
    {
      name: "y",
      op: name,
      inputs: names,
      attrs: { epsilon: 1e-3, ...attrs },
      params: Object.fromEntries(Object.keys(params).map((role) => [role, role])),
    },
  ];
  const graph = {
    input: { shape: [null, null, 3] as const },
    nodes,
    output: "y",
    modules: [],
    aliases: new Map(),
    parameters: new Map(Object.entries(params)),
  };
  // variances are positive
  const host = Object.entries(params).map(([role, shape]) =>
    [role, numbers(role, shape, role === "variance" ? 0.5 : -1, 1.5)] as const
  );
  return new Network(graph, new Map(host), name);
}

/** The output of an op's use and the gradients at its inputs, of numbers that are always the same. */
export async function used(
  network: Network,
  { inputs }: Case,
  seed: tf.Tensor,
  make = tensor,
): Promise<tf.Tensor[]> {
  const given = Object.fromEntries(
    inputs.map((shape, i) => [`x${i}`, make(`input ${i}`, [BATCH, ...shape])]),
  );
  const names = Object.keys(given);
  const pass = await network.forward(given, { taps: ["y"], gradient: true, to: names });
  const gradients = await pass.backward({ y: seed });
  const y = tf.reshape(pass.value("y"), pass.value("y").shape);
  pass.dispose();
  tf.dispose(given);
  return [y, ...names.map((name) => gradients[name])];
}
