/** Maps that know nothing of the network are what they say, of each picture anew. */
import assert from "node:assert/strict";
import { modelOf } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { random } from "../../core/random.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { useBackend } from "../../engine/runtime.ts";
import type { Picture } from "../../image/mod.ts";
import { baselines } from "../../metrics/baselines.ts";
import { execute, finish } from "../../run/execute.ts";
import type { AttributionRun } from "../../run/run.ts";

const WIDTH = 10, HEIGHT = 8;
await useBackend("wasm");
const net = new GraphBuilder();
const conv = net.conv("conv", INPUT, { in: 3, out: 2, kernel: 3, pad: 1 });
const graph = net.build(net.dense("fc", net.globalAvgPool("pool", conv), 2, 2));
const model = modelOf(syntheticNetwork(graph, "small"), WIDTH, HEIGHT);

async function mapOf(id: string, image: Picture, seed = 0): Promise<Float32Array> {
  const run = await finish(execute(baselines.get(id), { model, image, seed })) as AttributionRun;
  assert.deepEqual(run.attribution.shape, [HEIGHT, WIDTH]);
  return run.attribution;
}

/** A picture of random levels. */
function drawn(name: string): Picture {
  const stream = random(name);
  const levels = Array.from({ length: 3 * WIDTH * HEIGHT }, () => stream.integer(0, 255));
  return { width: WIDTH, height: HEIGHT, data: Uint8ClampedArray.from(levels) };
}

Deno.test("noise is another for each picture, and each seed, and the same for the same", async () => {
  const [one, other] = [drawn("one"), drawn("other")];
  const map = await mapOf("random", one);
  assert.deepEqual(await mapOf("random", one), map);
  assert.notDeepEqual(await mapOf("random", other), map);
  assert.notDeepEqual(await mapOf("random", one, 1), map);
});

Deno.test("over many pictures, noise points everywhere alike: it bets on no place", async () => {
  const many = 400, hits = new Array<number>(4).fill(0);
  for (let i = 0; i < many; i++) {
    const map = await mapOf("random", drawn(`picture ${i}`)), best = map.indexOf(Math.max(...map));
    const lower = Math.floor(best / WIDTH) >= HEIGHT / 2, right = best % WIDTH >= WIDTH / 2;
    hits[2 * Number(lower) + Number(right)]++;
  }
  // a quarter each: four deviations are 35
  for (const count of hits) assert.ok(Math.abs(count - many / 4) < 35, `${hits}`);
});

Deno.test("edges are Sobel's: of a step, its height times four on both sides, and nothing elsewhere", async () => {
  const data = new Uint8ClampedArray(3 * WIDTH * HEIGHT);
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    data.fill(at % WIDTH < 6 ? 20 : 70, 3 * at, 3 * at + 3);
  }
  const map = await mapOf("edges", { width: WIDTH, height: HEIGHT, data });
  map.forEach((v, at) => {
    const wanted = at % WIDTH === 5 || at % WIDTH === 6 ? 4 * 50 : 0;
    assert.ok(Math.abs(v - wanted) < 1e-3, `${at}: ${v}`);
  });
});

Deno.test("the middle is a bell of a quarter of the sides, the same in all corners", async () => {
  const map = await mapOf("middle", drawn("one"));
  const corners = [0, WIDTH - 1, (HEIGHT - 1) * WIDTH, HEIGHT * WIDTH - 1].map((at) => map[at]);
  const far = ((0.5 - 0.5 / WIDTH) / 0.25) ** 2 + ((0.5 - 0.5 / HEIGHT) / 0.25) ** 2;
  for (const corner of corners) assert.ok(Math.abs(corner - Math.exp(-far / 2)) < 1e-6);
});
