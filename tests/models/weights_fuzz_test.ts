/** Damaged weight files: nothing but a `UserError` or whole tensors, whatever the damage. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { writeSafetensors } from "../../core/safetensors.ts";
import { sizeOf, values } from "../../core/values.ts";
import { parseWeights } from "../../models/weights/mod.ts";
import fc from "../_support/property.ts";
import { absence, hasShared, own, shared } from "../_support/reference.ts";
import { dict, fixture, storage, tensor, zippedPth } from "./_pth.ts";

const files: Record<string, Uint8Array> = {
  "w.safetensors": writeSafetensors({
    "conv.weight": values(new Float32Array(12).fill(0.5), [3, 2, 2]),
    "fc.bias": values(new Float32Array([1, 2, 3]), [3]),
  }, { made: "by hand" }),
  "zip64.pth": zippedPth(
    dict({ w: tensor(storage("0", 2), 0, [2, 1], [1, 2]) }),
    { 0: "\0\0\x80\x3f\0\0\0\x40" },
    { zip64: true },
  ),
};
for (
  const name of [
    "zip",
    "zip_protocol4",
    "legacy",
    "legacy_protocol4",
    "checkpoint",
    "checkpoint_legacy",
    "dtypes",
    "views",
    "views_legacy",
  ]
) files[`${name}.pth`] = fixture(`${name}.pth`);

/** Whether tensors came out; fails on any error but a `UserError`, and on tensors not whole. */
function survives(bytes: Uint8Array): boolean {
  try {
    for (const [key, tensor] of parseWeights(bytes, "damaged")) {
      assert.equal(typeof key, "string");
      assert(tensor instanceof Float32Array);
      assert(tensor.shape.every((size) => Number.isSafeInteger(size) && size >= 0));
      assert.equal(sizeOf(tensor.shape), tensor.length);
      assert(tensor.length <= bytes.length, "more numbers than bytes");
    }
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    assert.match(error.message, /"damaged"/);
    return false;
  }
}

for (const [name, whole] of Object.entries(files)) {
  Deno.test(`${name}: cut anywhere, it is refused`, () => {
    assert(survives(whole));
    for (let length = 0; length < whole.length; length++) {
      assert(!survives(whole.subarray(0, length)), `${length} of ${whole.length} bytes`);
    }
  });

  Deno.test(`${name}: no flipped bit breaks the reader`, () => {
    const flip = (bit: number) => {
      const flipped = whole.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      survives(flipped);
    };
    // Every bit of a small file, some of a larger one.
    if (whole.length < 1000) { for (let bit = 0; bit < whole.length * 8; bit++) flip(bit); }
    else fc.assert(fc.property(fc.nat(whole.length * 8 - 1), flip), { numRuns: 2000 });
  });

  Deno.test(`${name}: no lie of any width, nor two, breaks the reader`, () => {
    const lie = fc.record({
      at: fc.nat(whole.length - 9),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.constantFrom(
          [0xff, 0xff, 0xff, 0xff],
          [0xff, 0xff, 0xff, 0x7f],
          [0, 0, 0, 0x40],
          [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
          [0, 0, 0, 0, 0, 1, 0, 0],
          [0, 0, 0, 0, 0, 0, 0, 0],
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(lie, { minLength: 1, maxLength: 2 }), (lies) => {
        const bytes = whole.slice();
        for (const { at, bytes: told } of lies) bytes.set(told, at);
        survives(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  Deno.test(`${name}: no piece lost, doubled or moved breaks the reader`, () => {
    const place = fc.nat(whole.length);
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        survives(Uint8Array.from([...whole.subarray(0, c), ...whole.subarray(from, to)]));
        survives(Uint8Array.from([...whole.subarray(0, from), ...whole.subarray(to)]));
        survives(Uint8Array.from([...whole.subarray(0, to), ...whole.subarray(from)]));
      }),
      { numRuns: 150 },
    );
  });
}

Deno.test("bytes of any kind behind any format's first ones break nothing", () => {
  const heads = Object.values(files).flatMap((
    whole,
  ) => [whole.subarray(0, 4), whole.subarray(0, 60)]);
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, tail) => {
      assert(!survives(Uint8Array.from([...head, ...tail])));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("any program of a pickle's operations ends, in order", () => {
  const operations = [..."(.012BCFGIJKLMNPQRSTUVX]abcdeghjlpqrstu})"].map((c) => c.charCodeAt(0));
  for (let code = 0x80; code <= 0x98; code++) operations.push(code);
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...operations) },
    { weight: 1, arbitrary: fc.nat(4) },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (program) => {
      assert(!survives(zippedPth(String.fromCharCode(...program))));
    }),
    { numRuns: 5000 },
  );
});

/** Cuts a file off at these lengths, and flips any of its first `bits` bits. */
function damages(whole: Uint8Array, cuts: readonly number[], bits: number) {
  assert(survives(whole));
  for (const cut of cuts) assert(!survives(whole.subarray(0, cut)), `${cut}`);
  fc.assert(
    fc.property(fc.nat(bits), (bit) => {
      const flipped = whole.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      survives(flipped);
    }),
    { numRuns: 100 },
  );
}

Deno.test("narrow.th, a whole checkpoint: cut or flipped, it is refused or whole", async () => {
  const whole = await Deno.readFile(own.path("models/narrow.th"));
  const cuts = [0, 1, 2, 14, 15, 100, 5_000, 12_000, 20_000, 40_000, 80_000, whole.length - 1];
  damages(whole, cuts, 20_000 * 8);
});

Deno.test({
  name: `resnet20-12fca82f.th: cut or flipped, it is refused or whole${absence}`,
  ignore: !hasShared,
  fn: async () => {
    const whole = await Deno.readFile(shared.path("models/resnet20-12fca82f.th"));
    const cuts = [0, 1, 2, 14, 15, 100, 5_000, 20_000, 30_000, 500_000, 1_000_000];
    damages(whole, [...cuts, whole.length - 1], 30_000 * 8);
  },
});
