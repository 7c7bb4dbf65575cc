/** Large ONNX models: their numbers are left out of the message, found in the file, and read once. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fromBinary, toBinary } from "../../deps/protobuf.ts";
import { ModelProtoSchema } from "../../deps/onnx_buf.ts";
import { lookIn } from "../../core/looking.ts";
import { sizeOf } from "../../core/values.ts";
import { concat } from "../../image/_picture.ts";
import { architectureOf, type Model } from "../../mod.ts";
import { skeletonOf } from "../../models/onnx/skeleton.ts";
import { onnxFile, onnxMessage, type OnnxModel, type Tensor, Type } from "../_support/onnx.ts";
import fc from "../_support/property.ts";
import { countedReads } from "./_counted.ts";
import { conv, load, pooled, refused, root, small, weight } from "./_onnx.ts";

/** Classes of a matrix whose numbers are a long list. */
const MANY = 6000;
/** Whole numbers that any format has: −60 to 60. */
const some = Float32Array.from({ length: 3 * MANY }, (_, i) => i % 121 - 60);
const raw = (numbers: ArrayLike<number> & { buffer: ArrayBufferLike }) =>
  new Uint8Array(numbers.buffer as ArrayBuffer);

/** The upper halves of Float32s. */
const bfloats = Uint16Array.from(new Uint32Array(some.buffer), (bits) => bits >>> 16);
/** `some` in each form that a tensor may have. */
const FORMS: Readonly<Record<string, Omit<Tensor, "shape" | "name">>> = {
  "raw": { raw: raw(some) },
  "a list": { data: [...some] },
  "raw doubles": { type: Type.DOUBLE, raw: raw(Float64Array.from(some)) },
  "doubles": { type: Type.DOUBLE, data: [...some] },
  "raw half precision": { type: Type.FLOAT16, raw: raw(new Float16Array(some)) },
  "half precision": {
    type: Type.FLOAT16,
    data: [...new Uint16Array(new Float16Array(some).buffer)],
  },
  "raw bfloat16": { type: Type.BFLOAT16, raw: raw(bfloats) },
  "raw bytes": { type: Type.INT8, raw: raw(Int8Array.from(some)) },
  "raw long integers": { type: Type.INT64, raw: raw(BigInt64Array.from(some, BigInt) as never) },
};

/** The mean of each colour, times a matrix. */
const classifier = (fc: Tensor, gemm: OnnxModel["nodes"][number]["attrs"] = {}): OnnxModel => ({
  nodes: [
    pooled("x", "1"),
    { op: "Flatten", inputs: ["1"], outputs: ["2"] },
    { op: "Gemm", name: "fc", inputs: ["2", "w"], outputs: ["y"], attrs: { transB: 1, ...gemm } },
  ],
  weights: [weight("before", 1), fc, weight("behind", 2)],
});

/** A parameter's numbers. */
function numbersOf({ network }: Model, layer: string, role = "kernel") {
  const node = network.graph.nodes.find(({ name }) => name === layer)!;
  return network.parameters.of(node).values(role);
}

/** Of a matrix [classes, 3], as the engine has it. */
const turned = some.map((_, i) => some[(i % MANY) * 3 + Math.floor(i / MANY)]);

for (const [form, tensor] of Object.entries(FORMS)) {
  Deno.test(`large weights may be written as ${form}`, async () => {
    const model = classifier({ name: "w", shape: [MANY, 3], ...tensor });
    assert.deepEqual(new Float32Array(numbersOf(await load(model), "fc")), turned);
    const twice = await load(classifier(model.weights![1], { alpha: { float: 2 } }));
    assert.deepEqual(new Float32Array(numbersOf(twice, "fc")), turned.map((n) => 2 * n));
  });
}

/** A weight of a convolution, longer than what is read at once. */
const LARGE = [512, 8, 17, 17];
const large = Float32Array.from({ length: sizeOf(LARGE) }, (_, i) => i % 1009);
/** Its numbers as the engine has them: `[17, 17, 8, 512]`. */
const largeMoved = large.map((_, i) => {
  const [out, own, place] = [i % 512, Math.floor(i / 512) % 8, Math.floor(i / 4096)];
  return large[(out * 8 + own) * 289 + place];
});

/** A large weight of which convolutions and a shift read, wherever its numbers are. */
const shared = (w: Omit<Tensor, "shape" | "name">, inNode = false): OnnxModel => ({
  nodes: [
    ...(inNode
      ? [{
        op: "Constant",
        inputs: [],
        outputs: ["w"],
        attrs: { value: { tensor: { shape: LARGE, ...w } } },
      }]
      : []),
    { op: "Identity", inputs: ["w"], outputs: ["v"] },
    { ...conv("a", "x", "1", "w"), attrs: { pads: [8, 8, 8, 8] } },
    { ...conv("b", "x", "2", "v"), attrs: { pads: [8, 8, 8, 8] } },
    { op: "Add", inputs: ["1", "2"], outputs: ["3"] },
    pooled("3", "y"),
  ],
  inputs: { x: [1, 8, 20, 20] },
  weights: inNode ? [] : [{ name: "w", shape: LARGE, ...w }],
});

for (const inNode of [false, true]) {
  Deno.test(`each byte of a model is read once, its weights ${inNode ? "constants" : "initializers"}`, async () => {
    const bytes = onnxFile(shared({ raw: raw(large) }, inNode));
    using reads = countedReads();
    const model = await load(bytes);
    assert.deepEqual(new Float32Array(numbersOf(model, "a")), largeMoved);
    assert.deepEqual(new Float32Array(numbersOf(model, "b")), largeMoved);
    assert.equal(model.weights.sha256, createHash("sha256").update(bytes).digest("hex"));
    const whole = reads.counts.filter((count) =>
      count.length === bytes.length && count.at(-1)! > 0
    );
    assert.equal(whole.length, 1);
    const head = reads.counts.filter((count) => !whole.includes(count));
    assert.ok(
      whole[0].every((times) => times === 1),
      "but for the head, by which it was recognized",
    );
    assert.ok(head.every((count) => count.subarray(4096).every((times) => times === 0)));
  });
}

Deno.test("an architecture needs no numbers", async () => {
  const path = `${root}/large.onnx`, bytes = onnxFile(shared({ raw: raw(large) }));
  await Deno.writeFile(path, bytes);
  using reads = countedReads();
  const { graph } = await architectureOf(path);
  assert.deepEqual([...graph.parameters.values()], [[17, 17, 8, 512], [17, 17, 8, 512]]);
  for (const count of reads.counts) {
    assert.ok(count.reduce((sum, times) => sum + times, 0) < 20_000);
  }
});

Deno.test("large weights beside the model are read in pieces too, where they overlap twice", async () => {
  const data = new Uint8Array(large.byteLength + 10);
  data.set(raw(large), 10);
  await Deno.writeFile(`${root}/large.bin`, data);
  const part = (name: string, at: number) => ({
    name,
    shape: [256, 8, 17, 17],
    external: { location: "large.bin", offset: `${at}` },
  });
  const half = large.byteLength / 2;
  const model: OnnxModel = {
    nodes: [
      ...["u", "v", "w"].map((name) => conv(name, "x", `${name}1`, name)),
      { op: "Sum", inputs: ["u1", "v1", "w1"], outputs: ["2"] },
      pooled("2", "y"),
    ],
    inputs: { x: [1, 8, 20, 20] },
    weights: [part("w", 10 + half), part("u", 10), part("v", 10 + half / 2)],
  };
  const bytes = onnxFile(model), found = await load(bytes);
  const expected = createHash("sha256").update(bytes).update(data).digest("hex");
  assert.equal(found.weights.sha256, expected);
  for (const [name, from] of [["u", 0], ["v", 128], ["w", 256]] as const) {
    const numbers = numbersOf(found, name);
    for (let i = 0; i < numbers.length; i += 4099) {
      const [out, rest] = [from + i % 256, Math.floor(i / 256)];
      assert.equal(numbers[i], large[(out * 8 + rest % 8) * 289 + Math.floor(rest / 8)], name);
    }
  }
});

Deno.test("a constant may be read as a weight and as numbers, and lie beside the model", async () => {
  const numbers = some.slice(0, 3 * 5000);
  await Deno.writeFile(`${root}/both.bin`, raw(numbers));
  const external = { location: "both.bin" };
  const model = await load({
    nodes: [
      {
        op: "Constant",
        inputs: [],
        outputs: ["w"],
        attrs: { value: { tensor: { shape: [3, 5000], external } } },
      },
      { op: "Transpose", inputs: ["w"], outputs: ["t"], attrs: { perm: [1, 0] } },
      pooled("x", "1"),
      { op: "Flatten", inputs: ["1"], outputs: ["2"] },
      { op: "MatMul", name: "one", inputs: ["2", "w"], outputs: ["3"] },
      { op: "Gemm", name: "two", inputs: ["2", "t"], outputs: ["4"], attrs: { transB: 1 } },
      { op: "Add", inputs: ["3", "4"], outputs: ["y"] },
    ],
  });
  for (const layer of ["one", "two"]) {
    assert.deepEqual(new Float32Array(numbersOf(model, layer)), numbers);
  }
});

Deno.test("a matrix behind a flattened picture has its rows in the engine's order", async () => {
  const shape = [400, 3 * 6 * 7], numbers = Float32Array.from({ length: 400 * 126 }, (_, i) => i);
  const model = await load({
    nodes: [
      { op: "Flatten", inputs: ["x"], outputs: ["1"] },
      { op: "Gemm", name: "fc", inputs: ["1", "w"], outputs: ["y"], attrs: { transB: 1 } },
    ],
    inputs: { x: [1, 3, 6, 7] },
    weights: [{ name: "w", shape, raw: raw(numbers) }],
  });
  numbersOf(model, "fc").forEach((number, i) => {
    const [row, channel, place] = [i % 400, Math.floor(i / 400) % 3, Math.floor(i / 1200)];
    assert.equal(number, row * 126 + channel * 42 + place);
  });
});

Deno.test("progress is told, and an abort heard, between the pieces", async () => {
  const bytes = onnxFile(shared({ raw: raw(large) })), told: number[] = [];
  await load(bytes, { onProgress: (received, all) => all === bytes.length && told.push(received) });
  assert.equal(told.at(-1), bytes.length);
  assert.ok(told.length > 1);
  const stop = new AbortController(), reason = new Error("enough");
  const loading = load(bytes, {
    signal: stop.signal,
    onProgress: (received) => received > 2 ** 20 && stop.abort(reason),
  });
  await assert.rejects(loading, reason);
});

// what is walked through

const DAMAGED = /it is damaged, or no ONNX model: its protobuf does not end well/;
const long = onnxFile(classifier({ name: "w", shape: [MANY, 3], raw: raw(some) }));
const damaged = () => {
  throw new Error("damaged");
};

Deno.test("a model that was cut off is damaged, wherever", async () => {
  for (const end of [long.length - 1, long.length - 40, 60_000, 20_000, 300, 100]) {
    await refused(long.subarray(0, end), DAMAGED);
  }
});

Deno.test("the message without its numbers, and these, are the message", () => {
  const tensor = fc.record({
    name: fc.string({ minLength: 1, maxLength: 5 }),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
    type: fc.constantFrom(Type.FLOAT, Type.DOUBLE, Type.INT64, Type.FLOAT16),
    size: fc.constantFrom(0, 1, 3, 2047, 2048, 4095, 4096, 5000),
    isRaw: fc.boolean(),
  }).map(({ name, shape, type, size, isRaw }): Tensor => {
    const data = Array.from({ length: size }, (_, i) => i % 100);
    return { name, shape, type, ...(isRaw ? { raw: raw(Float32Array.from(data)) } : { data }) };
  });
  fc.assert(
    fc.property(
      fc.array(tensor, { maxLength: 4 }),
      fc.array(tensor, { maxLength: 3 }),
      (weights, constants) => {
        const message = onnxMessage({
          nodes: [
            ...small.nodes,
            ...constants.map((tensor, n) => ({
              op: "Constant",
              inputs: [],
              outputs: [`c${n}`],
              attrs: { other: 1, value: { tensor } },
            })),
          ],
          weights,
        });
        const bytes = toBinary(ModelProtoSchema, message);
        const { bytes: rest, numbers } = lookIn(skeletonOf(bytes.length, damaged), bytes);
        const found = fromBinary(ModelProtoSchema, rest);
        for (const { at, length, of } of numbers) {
          const tensor = of(found)!, part = bytes.slice(at, at + length);
          if (of(message)!.rawData.length) tensor.rawData = part;
          else if (tensor.dataType === Type.FLOAT) {
            tensor.floatData.push(
              ...new Float32Array(part.buffer),
            );
          } else tensor.doubleData.push(...new Float64Array(part.buffer));
        }
        assert.deepEqual(found, fromBinary(ModelProtoSchema, bytes));
        const isLeft = (list: { length: number }) => list.length < 2 ** 14;
        for (const { rawData } of fromBinary(ModelProtoSchema, rest).graph!.initializer) {
          assert.ok(isLeft(rawData));
        }
      },
    ),
    { numRuns: 50 },
  );
});

/** A field with a length, true or not. */
const field = (number: number, content: Uint8Array, length = content.length) => {
  const said: number[] = [number * 8 + 2];
  for (; length >= 128; length = Math.floor(length / 128)) said.push(length % 128 + 128);
  return concat([Uint8Array.of(...said, length), content]);
};

/** A model but for its graph. */
const headOf = (message: ReturnType<typeof onnxMessage>) =>
  toBinary(ModelProtoSchema, { ...message, graph: undefined });

/** A model to whose graph a long field is added ahead: a reader joins a message that is there twice. */
function ahead(initializer: Uint8Array, model: OnnxModel): Uint8Array {
  const message = onnxMessage(model);
  return concat([headOf(message), field(7, initializer), toBinary(ModelProtoSchema, message)]);
}

Deno.test("what lies about its lengths, or says things twice, is damaged", async () => {
  const head = headOf(onnxMessage(small));
  const numbers = new Uint8Array(2 ** 14 + 4);
  const shape = Uint8Array.of(8, 1, 16, 1), name = field(8, Uint8Array.of(119));
  const model = (...fields: Uint8Array[]) => concat([head, field(7, concat(fields))]);
  const tensor = (...fields: Uint8Array[]) => field(5, concat([shape, name, ...fields]));
  const cases: Record<string, Uint8Array> = {
    "a number list longer than its tensor": model(tensor(field(9, numbers, 2 ** 20))),
    "a number list longer than there are numbers": model(tensor(field(9, numbers, 2 ** 62))),
    "a length without end": model(concat([Uint8Array.of(42, ...Array(12).fill(255)), numbers])),
    "a group": model(tensor(Uint8Array.of(99), field(9, numbers))),
    "a varint without end": model(tensor(field(9, numbers), Uint8Array.of(8, 128))),
    "half a fixed number": model(tensor(field(9, numbers), Uint8Array.of(21, 0, 0))),
    "two graphs": concat([model(tensor(field(9, numbers))), field(7, tensor(field(9, numbers)))]),
    "an attribute's tensor twice": model(
      field(1, field(5, concat([field(5, field(9, numbers)), field(5, field(9, numbers))]))),
    ),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    await assert.doesNotReject(refused(bytes, DAMAGED), what);
  }
});

Deno.test("of numbers that are there twice the last are taken, as protobuf has it", async () => {
  const twice = concat([field(9, raw(some.map((n) => n + 1))), field(9, raw(some))]);
  const head = Uint8Array.of(8, 0xf0, 0x2e, 8, 3, 16, 1); // [6000, 3], of Float32
  const tensor = field(5, concat([head, field(8, Uint8Array.of(119)), twice]));
  const model = await load(ahead(tensor, { ...classifier({ shape: [] }), weights: [] }));
  assert.deepEqual(new Float32Array(numbersOf(model, "fc")), turned);
});

Deno.test("a tensor of very many fields is not walked through, and read as it stands", async () => {
  const dims = new Uint8Array(2 * (2 ** 20 + 1)).fill(1); // of 1
  for (let i = 0; i < dims.length; i += 2) dims[i] = 8;
  const numbers = field(9, Uint8Array.of(0, 0, 128, 63)), name = field(8, Uint8Array.of(118));
  const tensor = field(5, concat([dims, Uint8Array.of(16, 1), name, numbers]));
  assert.equal((await load(ahead(tensor, small))).labels.length, 4, "it is not used");
  const [conv, relu, last] = small.nodes;
  const sum = { op: "Add", inputs: ["2", "v"], outputs: ["3"] };
  const model = { ...small, nodes: [conv, relu, sum, { ...last, inputs: ["3"] }] };
  await refused(ahead(tensor, model), /its tensor "v" has the shape \[1, 1, 1/);
});

Deno.test("numbers that are asked for are read first, whoever asks", async () => {
  const many = { shape: [MANY, 3], raw: raw(some.map((n) => n || 5)) };
  const filled = {
    op: "ConstantOfShape",
    inputs: ["s"],
    outputs: ["c"],
    attrs: { value: { tensor: many } },
  };
  const model = await load({
    nodes: [filled, pooled("x", "1"), {
      op: "Add",
      name: "add",
      inputs: ["1", "c"],
      outputs: ["y"],
    }],
    weights: [{ name: "s", shape: [4], type: Type.INT64, data: [1, 3, 1, 1] }],
  });
  assert.deepEqual([...numbersOf(model, "add", "offset")], [-60, -60, -60]);
  await refused(
    {
      nodes: [pooled("x", "1"), { op: "Identity", inputs: ["w", "1"], outputs: ["y"] }],
      weights: [{ name: "w", ...many }],
    },
    /its input 1 is a constant/,
    "unsupported",
  );
});
