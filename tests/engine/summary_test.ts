import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { UserError } from "../../core/errors.ts";
import { useBackend } from "../../engine/runtime.ts";
import { summarize } from "../../engine/summary.ts";
import { architectureOf } from "../../models/mod.ts";
import { branched, families } from "../../conformance/networks.ts";

const total = (rows: ReturnType<typeof summarize>, what: "multiplyAdds" | "parameters") =>
  rows.reduce((sum, row) => sum + row[what], 0);

Deno.test("shapes, cost and parameters of ResNet-50 are the published ones", async () => {
  const { graph } = await architectureOf("resnet50");
  const rows = summarize(graph, 224, 224);
  const shape = (name: string) => rows.find((row) => row.name === name)!.shape;
  assert.deepEqual(shape("conv1"), [112, 112, 64]);
  assert.deepEqual(shape("maxpool"), [56, 56, 64]);
  assert.deepEqual(shape("layer3.0.act3"), [14, 14, 1024]);
  assert.deepEqual(shape("fc"), [1000]);
  const convolutions = rows.filter((row) => row.op === "conv2d" || row.op === "dense");
  assert.equal(Math.round(total(convolutions, "multiplyAdds") / 1e7), 409); // 4.09 billion
  assert.equal(total(rows, "parameters"), 25_557_032); // the statistics of batch-norm left out
});

Deno.test("a summary ends where it is told to", async () => {
  const { graph } = await architectureOf("resnet50");
  const rows = summarize(graph, 224, 224, "layer1.0.act1");
  assert.equal(rows.at(-1)!.name, "layer1.0.act1");
  assert.ok(!rows.some((row) => row.name.includes("downsample")));
});

Deno.test("a picture that is too small is refused, and said where", async () => {
  const { graph } = await architectureOf("vgg16");
  assert.throws(
    () => summarize(graph, 224, 20, undefined, "vgg16"),
    (error) =>
      error instanceof UserError &&
      /^vgg16 does not accept a picture of 20×224: at "features.30" \(maxPool\) /.test(
        error.message,
      ),
  );
});

Deno.test("every node's value has the shape that was worked out", async () => {
  await useBackend("wasm");
  for (const small of [...families, branched]) {
    const { network } = small.model();
    const rows = summarize(network.graph, small.height, small.width);
    const image = tf.zeros([2, small.height, small.width, 3]) as tf.Tensor4D;
    const pass = await network.forward(image, { taps: rows.map((row) => row.name), fuse: false });
    for (const { name, shape } of rows) {
      assert.deepEqual(pass.value(name).shape, [2, ...shape], `${small.name}: ${name}`);
      assert.deepEqual(network.shapeOf(name, small.height, small.width), shape);
    }
    pass.dispose();
    image.dispose();
    network.dispose();
  }
});
