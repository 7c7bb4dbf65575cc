import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { readSafetensors, writeSafetensors } from "../../core/safetensors.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import fc from "../_support/property.ts";
import { absence, hasShared, own, type Reference, shared } from "../_support/reference.ts";

/** A file with just this header and this data, however wrong. */
function file(header: string | Uint8Array, data: Uint8Array | number[] = []): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  return new Uint8Array([...length, ...json, ...data]);
}

const tensor = (dtype: string, shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

const named = fc.uniqueArray(
  fc.tuple(
    fc.string().filter((key) => key !== "__metadata__"),
    fc.array(fc.nat(4), { maxLength: 4 }).chain((shape) =>
      fc.float32Array({ minLength: sizeOf(shape), maxLength: sizeOf(shape) })
        .map((data) => values(data, shape))
    ),
  ),
  { selector: ([key]) => key, maxLength: 6 },
).map((entries) => Object.fromEntries(entries));

Deno.test("safetensors gives back what was written: bits, shapes, order and metadata", () => {
  fc.assert(
    fc.property(named, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
      const read = readSafetensors(writeSafetensors(tensors, metadata));
      assert.deepEqual([...read.tensors.keys()], Object.keys(tensors));
      for (const [key, wanted] of Object.entries(tensors)) {
        const got = read.tensors.get(key)!;
        assert.deepEqual(got.shape, wanted.shape);
        assert.deepEqual(new Uint32Array(got.slice().buffer), new Uint32Array(wanted.buffer));
      }
      assert.deepEqual({ ...read.metadata }, { ...metadata });
    }),
    { numRuns: 200 },
  );
});

Deno.test("safetensors are written byte for byte as the format says", () => {
  const bytes = writeSafetensors({ b: values(new Float32Array([1, 2]), [2, 1]) }, { by: "us" });
  const header =
    '{"__metadata__":{"by":"us"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  assert.deepEqual(bytes, file(padded, [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]));
  assert.throws(() => writeSafetensors({ "__metadata__": values(new Float32Array(1), [1]) }));
});

Deno.test("safetensors as F16 take half the space and keep the nearest half", () => {
  const bytes = writeSafetensors(
    { a: values(new Float32Array([0.1, -2, 1e6]), [3]), b: values(new Float32Array([5]), []) },
    {},
    "F16",
  );
  const { tensors } = readSafetensors(bytes);
  assert.deepEqual([...tensors.get("a")!], [0.0999755859375, -2, Infinity]);
  assert.deepEqual([...tensors.get("b")!], [5]);
});

Deno.test("safetensors of every number format are widened to Float32", () => {
  const cases: [string, ArrayBufferView, number[]][] = [
    ["F64", new Float64Array([0.1, -2]), [Math.fround(0.1), -2]],
    ["F32", new Float32Array([0.5, -2]), [0.5, -2]],
    ["F16", new Uint16Array([0x3c00, 0xc000]), [1, -2]],
    ["BF16", new Uint16Array([0x3f80, 0xc000]), [1, -2]],
    ["I64", new BigInt64Array([-3n, 2n ** 24n + 1n]), [-3, 2 ** 24]],
    ["U64", new BigUint64Array([2n ** 63n]), [2 ** 63]],
    ["I32", new Int32Array([-3]), [-3]],
    ["U32", new Uint32Array([2 ** 31]), [2 ** 31]],
    ["I16", new Int16Array([-3]), [-3]],
    ["U16", new Uint16Array([65535]), [65535]],
    ["I8", new Int8Array([-3]), [-3]],
    ["U8", new Uint8Array([255]), [255]],
    ["BOOL", new Uint8Array([1, 0]), [1, 0]],
  ];
  for (const [dtype, { buffer }, wanted] of cases) {
    const data = new Uint8Array(buffer);
    // One byte before it moves each number off its natural place.
    const odd = file(
      `{"o":${tensor("U8", [1], 0, 1)},"a":${tensor(dtype, [wanted.length], 1, 1 + data.length)}}`,
      [9, ...data],
    );
    assert.deepEqual([...readSafetensors(odd).tensors.get("a")!], wanted, dtype);
  }
});

Deno.test("aligned F32 shares the file's memory, unaligned F32 is copied", () => {
  const bytes = writeSafetensors({ a: values(new Float32Array([1, 2, 3]), [3]) });
  assert.equal(readSafetensors(bytes).tensors.get("a")!.buffer, bytes.buffer);

  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const copy = readSafetensors(shifted.subarray(1)).tensors.get("a")!;
  assert.deepEqual([...copy], [1, 2, 3]);
  assert.notEqual(copy.buffer, shifted.buffer);
});

Deno.test("a damaged safetensors file is refused with its name and its fault", () => {
  const u8 = (n: number, begin: number, end: number) => tensor("U8", [n], begin, end);
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const cases: [RegExp, Uint8Array][] = [
    [/0 bytes are too few/, new Uint8Array()],
    [/7 bytes are too few/, new Uint8Array(7)],
    [/claims 3 bytes, but 2 follow/, new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d])],
    [/claims 4194305 bytes, at most 4194304/, new Uint8Array([1, 0, 0x40, 0, 0, 0, 0, 0])],
    [/at most 4194304 are read/, new Uint8Array(16).fill(0xff)],
    [/not JSON/, file("{")],
    [/not JSON/, file(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
    [/not a JSON object/, file("[]")],
    [/not a JSON object/, file(" {}")],
    [/not a JSON object/, file("null")],
    [/says "a" twice/, file(`{"a":${u8(1, 0, 1)}, "\\u0061" :${u8(1, 0, 1)}}`, [1])],
    [
      /says "dtype" twice/,
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[],"data_offsets":[0,1]}}'),
    ],
    [/says "__metadata__" twice/, file('{"__metadata__":{},"__metadata__":{}}')],
    [/metadata is not text/, file('{"__metadata__":{"epoch":3}}')],
    [/"a" is not described by an object/, file('{"a":3}')],
    [
      /"a" has the number format "F8_E4M3"; known are F64/,
      file(`{"a":${tensor("F8_E4M3", [], 0, 1)}}`, [1]),
    ],
    [/number format "toString"/, file(`{"a":${tensor("toString", [], 0, 1)}}`, [1])],
    [/number format nothing/, file('{"a":{}}')],
    [/has the shape \[-1\]/, file(`{"a":${u8(-1, 0, 1)}}`, [1])],
    [/has the shape \[1.5\]/, file(`{"a":${u8(1.5, 0, 1)}}`, [1])],
    [/not JSON/, file(`{"a":{"dtype":"U8","shape":[${deep}],"data_offsets":[0,1]}}`)],
    [/has the shape an object/, file(`{"a":{"dtype":"U8","shape":{},"data_offsets":[0,1]}}`)],
    [/data offsets \[0\]/, file('{"a":{"dtype":"U8","shape":[],"data_offsets":[0]}}')],
    [/data offsets \[1, 0\]/, file(`{"a":${u8(1, 1, 0)}}`, [1])],
    [/ends at byte 2 of 1/, file(`{"a":${u8(2, 0, 2)}}`, [1])],
    [/takes 3 bytes as U8 \[3\], but has 1/, file(`{"a":${u8(3, 0, 1)}}`, [1])],
    [/takes 1e\+30 bytes/, file(`{"a":${tensor("U8", [1e15, 1e15], 0, 1)}}`, [1])],
    [/"b" overlaps/, file(`{"a":${u8(2, 0, 2)},"b":${u8(2, 1, 3)}}`, [1, 2, 3])],
    [
      /1 bytes before "b" belong to no tensor/,
      file(`{"b":${u8(1, 2, 3)},"a":${u8(1, 0, 1)}}`, [1, 2, 3]),
    ],
    [/1 bytes before "a" belong/, file(`{"a":${u8(1, 1, 2)}}`, [1, 2])],
    [/2 bytes at its end belong/, file(`{"a":${u8(1, 0, 1)}}`, [1, 2, 3])],
  ];
  for (const [fault, bytes] of cases) {
    assert.throws(() => readSafetensors(bytes, "w.safetensors"), (error) => {
      assert(error instanceof UserError, `${fault}: ${error}`);
      assert.match(error.message, fault);
      assert.match(error.message, /^Cannot read "w\.safetensors" as safetensors: /);
      return true;
    });
  }
});

Deno.test("keys may be spelled like JSON's own signs or an object's own members", () => {
  const keys = ['a":{', "}", "\\", "__proto__", "constructor", ":"];
  const one = (x: number): Values => values(new Float32Array([x]), []);
  const bytes = writeSafetensors(Object.fromEntries(keys.map((key, i) => [key, one(i)])));
  assert.deepEqual([...readSafetensors(bytes).tensors.keys()], keys);
});

Deno.test("any cut, flipped bit or lie gives a UserError or whole tensors", () => {
  const whole = writeSafetensors(
    { "conv.weight": values(new Float32Array(12), [3, 4]), b: values(new Float32Array(3), [3]) },
    { made: "by hand" },
  );
  const survive = (bytes: Uint8Array) => {
    try {
      for (const tensor of readSafetensors(bytes).tensors.values()) {
        assert.equal(sizeOf(tensor.shape), tensor.length);
        assert(tensor.length <= bytes.length);
      }
      return true;
    } catch (error) {
      assert(error instanceof UserError, `${error}`);
      return false;
    }
  };
  for (let cut = 0; cut < whole.length; cut++) assert(!survive(whole.subarray(0, cut)), `${cut}`);
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = whole.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    survive(flipped);
  }
  fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (length) => {
    const lie = whole.slice();
    new DataView(lie.buffer).setBigUint64(0, length, true);
    survive(lie);
  }));
});

/** Fails unless a file of Python's is read: logits that predict what its JSON says. */
function reads(from: Reference, name: string, side: number, classes: number) {
  const tensors = from.tensors(`expected/${name}.safetensors`);
  assert.deepEqual(tensors.get("input")!.shape, [1, 3, side, side]);
  const { predicted } = from.json<{ predicted: number }>(`expected/${name}.json`);
  const logits = tensors.get("logits")!;
  assert.deepEqual(logits.shape, [1, classes]);
  assert.equal(logits.indexOf(Math.max(...logits)), predicted);
}

Deno.test("safetensors of another writer are read", () =>
  reads(own, "phosphene-resnet-cat", 24, 20));

Deno.test({
  name: `safetensors of the format's own writer are read${absence}`,
  ignore: !hasShared,
  fn: () => reads(shared, "resnet20-car", 32, 10),
});
