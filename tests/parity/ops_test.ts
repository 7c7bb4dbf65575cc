/** Single ops against PyTorch's, forward and back, on every backend. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import type { Values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import type { Attributes } from "../../engine/graph.ts";
import { op } from "../../engine/ops/mod.ts";
import { ParameterStore } from "../../engine/parameters.ts";
import { forEachBackend } from "../_support/backends.ts";
import { own } from "../_support/reference.ts";
import { near } from "../_support/tensors.ts";

interface Case {
  readonly name: string;
  readonly op: string;
  readonly attrs: Attributes;
  /** How many. */
  readonly inputs: number;
  /** Roles. */
  readonly params: readonly string[];
}

const cases = own.json<readonly Case[]>("expected/ops.json");
const tensors = own.tensors("expected/ops.safetensors");
const upload = (v: Values) => tf.tensor(v, [...v.shape]);

/** An op's output and gradients, as a pass would compute them. */
function compute({ name, op: kind, attrs, inputs: count, params }: Case) {
  const of = (what: string) => tensors.get(`${name}/${what}`)!;
  const net = new GraphBuilder(), roles = params.map((role) => [role, [role, of(role).shape]]);
  const sources = new Array<string>(count).fill("input");
  const graph = net.build(net.add("node", kind, sources, attrs, Object.fromEntries(roles)));
  const store = new ParameterStore(graph, new Map(params.map((role) => [role, of(role)])));
  const [node] = graph.nodes, call = { node, attrs, params: store.of(node) }, entry = op(kind);
  const results = tf.tidy(() => {
    const inputs = Array.from({ length: count }, (_, i) => upload(of(`input.${i}`)));
    const output = entry.forward(inputs, call), inputShapes = inputs.map((x) => x.shape);
    const gradients = entry.backward(upload(of("dy")), {
      ...call,
      inputShapes,
      outputShape: output.shape,
      inputs: entry.reads?.inputs ? inputs : undefined,
      output: entry.reads?.output ? output : undefined,
    });
    return [output, ...gradients];
  });
  store.dispose();
  return results;
}

forEachBackend("ops give PyTorch's outputs and gradients", async () => {
  assert.ok(cases.length > 50);
  for (const one of cases) {
    const [output, ...gradients] = compute(one);
    const check = async (found: tf.Tensor, what: string) => {
      const expected = tensors.get(`${one.name}/${what}`)!;
      assert.deepEqual(found.shape, expected.shape, `${one.name}: ${what}`);
      near(await found.data(), expected, 2e-6, `${one.name}: ${what}`);
    };
    await check(output, "output");
    for (const [i, gradient] of gradients.entries()) await check(gradient, `gradient.${i}`);
    tf.dispose([output, ...gradients]);
  }
});
