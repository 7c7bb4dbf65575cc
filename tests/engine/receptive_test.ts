/** Receptive fields: nothing outside of one changes its unit, and what is known by hand. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { branched, families } from "../../conformance/networks.ts";
import { random } from "../../core/random.ts";
import { sizeOf } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { type Field, Receptive } from "../../engine/receptive.ts";
import { stageLayers } from "../../engine/layers.ts";
import type { Network } from "../../engine/network.ts";
import { useBackend } from "../../engine/runtime.ts";
import { architectureOf, loadModel } from "../../models/mod.ts";

/** The value of a unit of a layer. */
async function unit(
  network: Network,
  image: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  layer: string,
  [row, column]: readonly [number, number],
): Promise<Float32Array> {
  const input = tf.tensor4d(image, [1, height, width, channels]);
  const pass = await network.forward(input, { taps: [layer] });
  const value = pass.value(layer), [, , columns, depth] = value.shape;
  const data = await value.data<"float32">();
  const from = (row * columns! + column) * depth!;
  pass.dispose();
  input.dispose();
  return data.slice(from, from + depth!);
}

const lies = ({ rows, columns }: Field, y: number, x: number) =>
  y >= rows[0] && y < rows[1] && x >= columns[0] && x < columns[1];

const networks = [
  ...[...families, branched].map(({ name, model, width, height }) => ({
    ...{ name, load: () => Promise.resolve(model()), width, height },
  })),
  ...["phosphene-resnet", "phosphene-vgg"].map((name) => ({
    ...{ name, load: () => loadModel(name), width: 64, height: 64 },
  })),
];

for (const { name, load, width, height } of networks) {
  Deno.test(`${name}: what lies outside of a unit's field does not change it`, async () => {
    await useBackend("wasm");
    const { network } = await load(), { graph } = network, channels = graph.input.shape[2];
    const shape = [height, width, channels] as const, stream = random(name);
    const receptive = new Receptive(graph, height, width);
    const image = stream.uniformValues([...shape], -1, 1);
    let partial = 0;
    for (const layer of stageLayers(graph)) {
      const node = network.layer(layer), [rows, columns] = network.shapeOf(layer, height, width);
      for (const [row, column] of [[0, 0], [rows >> 1, columns >> 1], [rows - 1, columns - 1]]) {
        const field = receptive.field(node, row, column);
        const noise = stream.uniformValues([...shape], -1, 1);
        const outside = noise.map((n, i) => {
          const pixel = Math.floor(i / channels);
          return lies(field, Math.floor(pixel / width), pixel % width) ? image[i] : n;
        });
        const before = await unit(network, image, shape, layer, [row, column]);
        const after = await unit(network, outside, shape, layer, [row, column]);
        const size = Math.max(1e-3, ...before.map(Math.abs));
        before.forEach((value, c) => {
          assert.ok(Math.abs(value - after[c]) <= 1e-5 * size, `${layer} ${row} ${column} ${c}`);
        });
        if (
          sizeOf([field.rows[1] - field.rows[0], field.columns[1] - field.columns[0]]) <
            width * height
        ) {
          partial++;
        }
      }
    }
    assert.ok(
      partial > 0 || graph.nodes.some(({ op }) => /global/i.test(op)),
      "all see everything",
    );
    network.dispose();
  });
}

Deno.test("fields of a VGG are those that its kernels and strides give", async () => {
  const { graph } = await architectureOf("vgg16"), receptive = new Receptive(graph, 224, 224);
  const sizes = ["features.3", "features.8", "features.15", "features.22", "features.29"].map(
    (layer) => {
      const { node } = graph.modules.find(({ name }) => name === layer)!;
      const { rows, columns } = receptive.field(node, 7, 7);
      return [rows[1] - rows[0], columns[1] - columns[0]];
    },
  );
  // 1 + Σ (kernel − 1)·stride before it; the last one's, 196, reaches over the border at (7, 7)
  assert.deepEqual(sizes.slice(0, 2), [[5, 5], [14, 14]]);
  const middle = (layer: string, at: number) => {
    const { node } = graph.modules.find(({ name }) => name === layer)!;
    const { rows } = receptive.field(node, at, at);
    return rows[1] - rows[0];
  };
  assert.deepEqual([middle("features.15", 28), middle("features.22", 14)], [40, 92]);
  assert.equal(middle("features.29", 7), 196);
});

Deno.test("a corner's field ends at the border; a dilated kernel's has holes that count", () => {
  const net = new GraphBuilder([20, 30, 1]);
  const conv = net.add("c", "conv2d", ["input"], {
    ...{ strides: [2, 1], pad: [1, 0, 2, 2], dilations: [1, 3] },
  }, { kernel: ["k", [3, 3, 1, 2]] });
  const receptive = new Receptive(net.build(conv), 20, 30);
  assert.deepEqual(receptive.field(conv, 0, 0), { rows: [0, 2], columns: [0, 5] });
  assert.deepEqual(receptive.field(conv, 3, 10), { rows: [5, 8], columns: [8, 15] });
});
