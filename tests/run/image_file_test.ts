import assert from "node:assert/strict";
import { encodePng } from "../../image/mod.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import { UserError } from "../../core/errors.ts";
import { writeSafetensors } from "../../core/safetensors.ts";
import { loadInput } from "../../run/image_file.ts";
import { type Values, values } from "../../core/values.ts";

const spec: Preprocess = {
  resize: null,
  crop: null,
  interpolation: "bilinear",
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  range: 1,
  channelOrder: "rgb",
};

const USE = { what: "start image", option: "start" };

const count = (shape: number[]) =>
  values(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i), shape);

/** Runs `test` with the path of a file of these tensors. */
async function withTensors(
  tensors: Record<string, Values>,
  test: (path: string) => Promise<unknown>,
) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/start.safetensors`, writeSafetensors(tensors));
    await test(`${folder}/start.safetensors`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const refused = (source: string, told: RegExp) =>
  assert.rejects(loadInput(source, spec, USE), (error: Error) => {
    assert.ok(error instanceof UserError, error.stack);
    assert.match(error.message, told);
    return true;
  });

Deno.test("a tensor in the network's space is taken as it is, with or without a batch", async () => {
  for (const shape of [[2, 4, 3], [1, 2, 4, 3]]) {
    await withTensors({ any: count(shape) }, async (path) => {
      assert.deepEqual(await loadInput(path, spec, USE), count([2, 4, 3]));
    });
  }
});

Deno.test("PyTorch's layout is turned to channels last", async () => {
  for (const shape of [[3, 1, 2], [1, 3, 1, 2]]) {
    await withTensors({ image: count(shape) }, async (path) => {
      const start = await loadInput(path, spec, USE);
      assert.deepEqual(start.shape, [1, 2, 3]);
      assert.deepEqual([...start], [0, 2, 4, 1, 3, 5]);
    });
  }
});

Deno.test("of several tensors, the named one, or else the image", async () => {
  await withTensors({ image: count([1, 1, 3]), "filter.start": count([2, 1, 3]) }, async (path) => {
    assert.deepEqual((await loadInput(path, spec, USE)).shape, [1, 1, 3]);
    assert.deepEqual((await loadInput(`${path}#filter.start`, spec, USE)).shape, [2, 1, 3]);
    await refused(`${path}#other`, /holds no tensor "other"; it holds image, filter\.start/);
  });
  await withTensors({ a: count([3]), b: count([3]) }, async (path) => {
    await refused(path, /holds no tensor "image"; it holds a, b/);
    await refused(`${path}#a`, /its shape is \[3\], not \[height, width, 3\]/);
  });
});

Deno.test("a picture is prepared as the model wants it, or resized", async () => {
  const path = await Deno.makeTempFile({ suffix: ".png" });
  try {
    const data = new Uint8ClampedArray(2 * 2 * 3).fill(255);
    await Deno.writeFile(path, await encodePng({ width: 2, height: 2, data }));
    const start = await loadInput(path, spec, USE);
    assert.deepEqual(start.shape, [2, 2, 3]);
    assert.ok(start.every((v) => Math.abs(v - 1) < 1e-6));
    const size = { width: 5, height: 4 };
    assert.deepEqual((await loadInput(path, spec, USE, size)).shape, [4, 5, 3]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a file that is missing or broken is refused", async () => {
  await refused("/nowhere/start.safetensors", /Cannot read the start image "\/nowhere/);
  await refused("/nowhere/start.png", /\/nowhere\/start\.png/);
});
