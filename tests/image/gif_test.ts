/** GIF: what the standard allows, what everyone tolerates, and what is damage. */
import assert from "node:assert/strict";
import { decodeImage } from "../../image/mod.ts";
import { UserError } from "../../core/errors.ts";
import fc from "../_support/property.ts";
import { gifInterlaced } from "./_pillow_fixtures.ts";
import { createHash } from "node:crypto";
import { type GifParts, writeGif } from "./_writers.ts";

const COLOURS = [[0, 0, 0], [255, 0, 0], [0, 255, 0], [9, 8, 7]];
const WHITE = [255, 255, 255];
const indices = [0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 1, 1];
const parts: GifParts = { screen: [4, 3], frame: [0, 0, 4, 3], indices, shared: COLOURS };
const plain = indices.flatMap((index) => COLOURS[index]);

const pixels = async (change: Partial<GifParts>) => {
  const { data, width, height } = await decodeImage(writeGif({ ...parts, ...change }));
  return { size: [width, height], data: [...data] };
};

Deno.test("extensions of every kind are passed over", async () => {
  const block = (...bytes: number[]) => [bytes.length, ...bytes];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(
        fc.integer({ min: 0, max: 255 }).filter((label) => label !== 0xf9),
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 255 }), { maxLength: 3 }),
      )),
      async (extensions) => {
        const before = extensions.flatMap(([label, blocks]) => [
          ...[0x21, label],
          ...blocks.flatMap((bytes) => block(...bytes)),
          0,
        ]);
        assert.deepEqual((await pixels({ before })).data, plain);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a frame has its own palette, the shared one, or greys", async () => {
  const own = COLOURS.map(([r, g, b]) => [b, 255 - g, r]);
  const withOwn = indices.flatMap((index) => own[index]);
  assert.deepEqual((await pixels({ own })).data, withOwn);
  assert.deepEqual((await pixels({ own, shared: undefined })).data, withOwn);
  const greys = indices.flatMap((index) => [index, index, index]);
  assert.deepEqual((await pixels({ shared: undefined })).data, greys);
});

Deno.test("what a frame leaves clear or uncovered is white", async () => {
  const clear = (index: number) => [0x21, 0xf9, 4, 1, 0, 0, index, 0];
  assert.deepEqual(
    (await pixels({ before: clear(2) })).data,
    indices.flatMap((index) => index === 2 ? WHITE : COLOURS[index]),
  );
  const { size, data } = await pixels({ screen: [7, 5], frame: [2, 1, 4, 3] });
  assert.deepEqual(size, [7, 5]);
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 7; x++) {
      const inside = x >= 2 && x < 6 && y >= 1 && y < 4;
      const expected = inside ? COLOURS[indices[(y - 1) * 4 + x - 2]] : WHITE;
      assert.deepEqual(data.slice(3 * (7 * y + x)).slice(0, 3), expected);
    }
  }
});

Deno.test("rows of an interlaced frame stand where they belong", async () => {
  const { data } = await decodeImage(gifInterlaced.bytes);
  assert.equal(createHash("sha256").update(data).digest("hex"), gifInterlaced.sha256);
  for (let height = 1; height <= 20; height++) {
    const order = [[0, 8], [4, 8], [2, 4], [1, 2]].flatMap(([from, step]) =>
      [...Array(height).keys()].filter((y) => y >= from && (y - from) % step === 0)
    );
    const { data } = await pixels({
      screen: [1, height],
      frame: [0, 0, 1, height],
      indices: order.map((y) => y % 4),
      interlaced: true,
    });
    assert.deepEqual(data, [...Array(height).keys()].flatMap((y) => COLOURS[y % 4]));
  }
});

Deno.test("oddities that all viewers tolerate open", async () => {
  assert.deepEqual((await pixels({ bare: true })).data, plain, "neither clear nor end code");
  assert.deepEqual((await pixels({ before: [0, 7, 0] })).data, plain, "stray bytes");
  assert.deepEqual((await pixels({ screen: [0, 0] })).data, plain, "a screen without size");
  assert.deepEqual((await pixels({ indices: [...indices, 1, 1] })).data, plain, "more pixels");
  const grown = await pixels({ screen: [2, 2], frame: [1, 1, 4, 3] });
  assert.deepEqual(grown.size, [5, 4], "a screen too small for its frame grows");
});

Deno.test("a colour that is not in the palette, and too few pixels, are damage", async () => {
  const attempt = (change: Partial<GifParts>, pattern: RegExp) =>
    assert.rejects(decodeImage(writeGif({ ...parts, ...change })), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, pattern);
      return true;
    });
  await attempt({ shared: COLOURS.slice(0, 2) }, /a colour not in its palette/);
  await attempt({ indices: indices.slice(0, 5) }, /ends too early/);
  const code = writeGif(parts), at = code.length - 4;
  code[at - 3] = 0xff; // codes that nothing has defined
  await assert.rejects(decodeImage(code), UserError);
});
