/** WebP out: the container byte by byte, and every frame read back by the decoder. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { decodeImage, encodeWebp, type Picture } from "../../image/mod.ts";
import { number } from "./_writers.ts";

/** Waves of light, three pixels long, in colours that change slowly. */
function waves(width: number, height: number, phase = 0): Picture {
  const data = Uint8ClampedArray.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width, y = Math.floor(i / 3 / width), channel = i % 3;
    const light = 60 * Math.sin(2 * x + 0.7 * y + phase);
    return 127.5 + light + 50 * Math.sin(0.11 * (1 + channel) * (x - y) + phase);
  });
  return { width, height, data };
}

/** Root of the mean squared difference, in levels. */
function distance(a: Picture, b: Picture): number {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  const sum = a.data.reduce((sum, level, i) => sum + (level - b.data[i]) ** 2, 0);
  return Math.sqrt(sum / a.data.length);
}

interface Chunk {
  readonly type: string;
  readonly body: Uint8Array;
}

/** The chunks of these bytes; each begins at an even place, as the specification wants it. */
function chunksOf(bytes: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [], view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const body = bytes.subarray(at + 8, at + 8 + length);
    assert.equal(body.length, length);
    chunks.push({ type: new TextDecoder().decode(bytes.subarray(at, at + 4)), body });
    at += 8 + length + length % 2;
  }
  return chunks;
}

/** The chunks of a file, whose header says its length. */
function inside(file: Uint8Array): Chunk[] {
  const [{ type, body }, ...more] = chunksOf(file);
  assert.deepEqual([type, more.length], ["RIFF", 0]);
  assert.equal(new TextDecoder().decode(body.subarray(0, 4)), "WEBP");
  return chunksOf(body.subarray(4));
}

const text = (letters: string) => [...new TextEncoder().encode(letters)];
const le = (value: number, size: number) => number(value, size, true);

/** A frame's bitstream as a file of its own. */
const still = (frame: Chunk) =>
  new Uint8Array([
    ...text("RIFF"),
    ...le(frame.body.length - 16 + 4, 4),
    ...text("WEBP"),
    ...frame.body.subarray(16),
  ]);

for (const lossless of [false, true]) {
  const kind = lossless ? "lossless" : "lossy";
  const [coded, most] = lossless ? ["VP8L", 0] : ["VP8 ", 6];

  Deno.test(`${kind}: the container is the specification's, and each frame its source's`, async () => {
    for (const [width, height] of [[64, 48], [31, 17], [1, 1], [2, 1]]) {
      const frames = [0, 1, 2].map((phase) => waves(width, height, phase));
      const file = await encodeWebp(frames, { delayMs: 0x010203, lossless });
      const [header, animation, ...coming] = inside(file);
      assert.deepEqual(header.type, "VP8X");
      assert.deepEqual([...header.body], [2, 0, 0, 0, ...le(width - 1, 3), ...le(height - 1, 3)]);
      assert.equal(animation.type, "ANIM");
      assert.deepEqual([...animation.body], [0, 0, 0, 255, 0, 0], "black, without an end");
      assert.equal(coming.length, 3);
      for (const [i, frame] of coming.entries()) {
        assert.equal(frame.type, "ANMF");
        assert.deepEqual(
          [...frame.body.subarray(0, 16)],
          [...le(0, 6), ...le(width - 1, 3), ...le(height - 1, 3), 3, 2, 1, 2],
        );
        assert.deepEqual(chunksOf(frame.body.subarray(16)).map(({ type }) => type), [coded]);
        const far = distance(await decodeImage(still(frame)), frames[i]);
        assert.ok(far <= most, `${width}×${height}, frame ${i}: ${far}`);
      }
      assert.deepEqual(await decodeImage(file), await decodeImage(still(coming[0])));
    }
  });

  Deno.test(`${kind}: one frame is a still picture, and the same frames are the same bytes`, async () => {
    const frame = waves(40, 30);
    const file = await encodeWebp([frame], { delayMs: 100, lossless });
    assert.deepEqual(inside(file).map(({ type }) => type), [coded]);
    assert.ok(distance(await decodeImage(file), frame) <= most);
    assert.deepEqual(await encodeWebp([frame], { delayMs: 100, lossless }), file);
  });
}

Deno.test("calls at the same time do not disturb each other", async () => {
  const frames = [0, 1, 2, 3].map((phase) => waves(24, 16, phase));
  const write = (frame: Picture, i: number) =>
    encodeWebp([frame], { delayMs: 10, lossless: i % 2 === 0 });
  const together = await Promise.all(frames.map(write));
  for (const [i, frame] of frames.entries()) assert.deepEqual(together[i], await write(frame, i));
});

Deno.test("as long as a side may be, and no longer", async () => {
  const side = (length: number, other: number): Picture => ({
    width: length,
    height: other,
    data: new Uint8ClampedArray(length * other * 3).fill(90),
  });
  const [{ type, body }, , frame] = inside(
    await encodeWebp([side(16_383, 2), side(16_383, 2)], { delayMs: 40 }),
  );
  assert.equal(type, "VP8X");
  assert.deepEqual([...body.subarray(4)], [0xfe, 0x3f, 0, 1, 0, 0]);
  const { width, height, data } = await decodeImage(still(frame));
  assert.deepEqual([width, height], [16_383, 2]);
  assert.ok(data.every((level) => Math.abs(level - 90) <= 2));
  for (const frame of [side(16_384, 1), { ...side(16_384, 1), width: 1, height: 16_384 }]) {
    await assert.rejects(encodeWebp([frame], { delayMs: 40 }), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, /16384.*: a side may have 16383 at most; `resize`/);
      return true;
    });
  }
});

Deno.test("no frames, frames of several sizes, and delays that no file can hold are refused", async () => {
  await assert.rejects(encodeWebp([], { delayMs: 50 }), RangeError);
  await assert.rejects(encodeWebp([waves(4, 4), waves(4, 5)], { delayMs: 50 }), RangeError);
  for (const delayMs of [-1, 0.5, NaN, 2 ** 24]) {
    await assert.rejects(encodeWebp([waves(4, 4)], { delayMs }), UserError);
  }
  await encodeWebp([waves(4, 4), waves(4, 4)], { delayMs: 2 ** 24 - 1 });
});
