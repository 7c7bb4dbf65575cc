/** How weight files are read from disk: each byte once, and each number straight to its place. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeSafetensors } from "../../core/safetensors.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { type Flattened, fromOpenWeights, fromStateDict } from "../../models/_torch.ts";
import { openWeights, parseWeights } from "../../models/weights/mod.ts";
import type { StateDict } from "../../models/weights/mod.ts";
import type { OpenWeights, TakeNumbers, WeightTensor } from "../../run/model.ts";
import fc from "../_support/property.ts";
import { countedReads } from "./_counted.ts";
import { dict, fixture, legacyPth, storage, tensor, text, zippedPth } from "./_pth.ts";

/** Numbers of more than a file is read in at once. */
const MANY = 2 ** 20 + 3;
const some = (length: number) => Float32Array.from({ length }, (_, i) => i % 1001);
const bytesOf = (numbers: Float32Array | BigUint64Array) =>
  Array.from(new Uint8Array(numbers.buffer), (byte) => String.fromCharCode(byte)).join("");

/** Files that take more than one piece, and pickles that one look does not reach the end of. */
function largeFiles(): Record<string, Uint8Array> {
  const checkpoint = dict({
    note: text("x".repeat(300_000)),
    w: tensor(storage("0", MANY), 0, [MANY], [1]),
    v: tensor(storage("1", 6), 1, [2, 2], [1, 2]),
  });
  const data = [MANY, 6].map((length) => bytesOf(some(length)));
  const counted = [MANY, 6].map((length, i) =>
    bytesOf(BigUint64Array.of(BigInt(length))) + data[i]
  );
  return {
    "large.pth": zippedPth(checkpoint, Object.fromEntries(data.entries())),
    "large_legacy.pth": legacyPth(checkpoint, ["0", "1"], counted.join("")),
    "large.safetensors": writeSafetensors({
      w: values(some(MANY), [MANY]),
      v: values(some(4), [2, 2]),
    }),
  };
}

const files: Record<string, Uint8Array> = {
  ...Object.fromEntries(
    ["zip", "legacy", "checkpoint_legacy", "dtypes", "dtypes_legacy", "views", "views_legacy"]
      .map((name) => [`${name}.pth`, fixture(`${name}.pth`)]),
  ),
  ...largeFiles(),
};

const plain = (tensors: StateDict) =>
  [...tensors].map(([key, tensor]) => [key, [...tensor.shape], [...tensor]]);

for (const [name, bytes] of Object.entries(files)) {
  Deno.test(`${name}: each byte is read once, hashed, and its numbers are where they should be`, async () => {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, bytes);
      const wanted = plain(parseWeights(bytes, name));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      using reads = countedReads();
      {
        await using file = await openWeights(path);
        const all = await file.readAll();
        assert.deepEqual(plain(all.tensors), wanted);
        assert.equal(all.sha256, sha256);
      }
      {
        await using file = await openWeights(path);
        const { tensors, takers } = takingAll(file);
        assert.equal(await file.read(takers), sha256);
        assert.deepEqual(plain(tensors), wanted);
      }
      {
        await using file = await openWeights(path); // of which nothing is wanted
        assert.equal(await file.read(new Map()), sha256);
      }
      assert.equal(reads.counts.length, 3);
      for (const count of reads.counts) assert(count.every((times) => times === 1));
    } finally {
      await Deno.remove(path);
    }
  });
}

/** Takes each tensor of a file into an array, in the order in which they are named. */
function takingAll({ tensors: stored }: OpenWeights) {
  const tensors: StateDict = new Map(), takers = new Map<WeightTensor, TakeNumbers>();
  for (const [key, tensor] of stored) {
    const into = values(new Float32Array(sizeOf(tensor.shape)), tensor.shape);
    tensors.set(key, into);
    takers.set(tensor, (numbers, from) => into.set(numbers, from));
  }
  return { tensors, takers };
}

Deno.test("a file that changes its size under the reader is refused", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, files["large.safetensors"]);
    await using file = await openWeights(path);
    await Deno.truncate(path, 1000);
    await assert.rejects(file.readAll(), {
      name: "UserError",
      message: `Cannot read "${path}": it became shorter while it was read`,
    });
  } finally {
    await Deno.remove(path);
  }
});

/** An open file that holds these, and gives their numbers cut where it likes. */
const cutAnywhere = (given: StateDict, cuts: readonly number[]): OpenWeights => ({
  tensors: given,
  source: "memory",
  read(wanted) {
    for (const tensor of given.values()) {
      const ends = [...new Set(cuts.map((cut) => cut % tensor.length)), tensor.length];
      ends.sort((a, b) => a - b).reduce((from, to) => {
        wanted.get(tensor)?.(tensor.subarray(from, to), from);
        return to;
      }, 0);
    }
    return Promise.resolve("0");
  },
  readAll: () => Promise.resolve({ tensors: given, sha256: "1" }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

/** A convolution, a depthwise one, and a layer that reads a flattened picture. */
function smallNetwork() {
  const net = new GraphBuilder([4, 3, 3]);
  let x = net.conv("conv", "input", { in: 3, out: 20, kernel: 3, pad: 1 });
  x = net.batchNorm("norm", x, 20);
  x = net.dense("fc", net.add("flatten", "flatten", x), 240, 37);
  const flattened: Flattened = new Map([["fc.weight", [4, 3, 20]]]);
  return { graph: net.build(x), flattened };
}

/** What PyTorch computes `[out, in, kh, kw]` with, in the engine's order, number by number. */
function turnedSlowly(weight: Values, [h, w]: readonly number[]): number[] {
  const [out, inputs] = weight.shape, columns = inputs / (h * w), row = weight.length / out;
  const places = row / columns, turned: number[] = [];
  for (let place = 0; place < places; place++) {
    for (let column = 0; column < columns; column++) {
      for (let o = 0; o < out; o++) turned.push(weight[o * row + column * places + place]);
    }
  }
  return turned;
}

Deno.test("numbers come into the engine's layout wherever a file's pieces end", async () => {
  const { graph, flattened } = smallNetwork();
  const shapes: Record<string, number[]> = {
    "conv.weight": [20, 3, 3, 3],
    "conv.bias": [20],
    ...Object.fromEntries(
      ["weight", "bias", "running_mean", "running_var"].map((role) => [`norm.${role}`, [20]]),
    ),
    "fc.weight": [37, 240],
    "fc.bias": [37],
  };
  const given: StateDict = new Map(
    Object.entries(shapes).map(([key, shape]) => [key, values(some(sizeOf(shape)), shape)]),
  );
  const whole = fromStateDict(graph, given, "small", flattened);
  const turned = (key: string, picture: number[]) => turnedSlowly(given.get(key)!, picture);
  assert.deepEqual([...whole.get("conv.weight")!], turned("conv.weight", [1, 1]));
  assert.deepEqual([...whole.get("fc.weight")!], turned("fc.weight", [4, 3]));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (cuts) => {
      const file = cutAnywhere(given, cuts);
      const { parameters } = await fromOpenWeights(graph, file, given, "small", flattened);
      assert.deepEqual(plain(parameters), plain(whole));
    }),
    { numRuns: 50 },
  );
});

Deno.test("of weights that lie there twice, only the numbers tell whether they are the same", async () => {
  const net = new GraphBuilder([1, 1, 2]), graph = net.build(net.dense("fc", "input", 2, 1));
  const part = (first: number): [string, Values][] => [
    ["fc.weight", values(new Float32Array([first, 2]), [1, 2])],
    ["fc.bias", values(new Float32Array([3]), [1])],
  ];
  const both = (other: number): StateDict =>
    new Map([
      ...part(1),
      ...part(other).map(([key, tensor]) => [`ema.${key}`, tensor] as const),
    ]);
  const load = (tensors: StateDict) =>
    fromOpenWeights(graph, cutAnywhere(tensors, []), tensors, "tiny");
  const { parameters } = await load(both(1));
  assert.deepEqual([...parameters.get("fc.weight")!], [1, 2]);
  await assert.rejects(load(both(5)), /would both do and hold different numbers/);
});
