/** WebP: the first frame of an animation, where it lies, and what the alpha hint means. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeImage } from "../../image/mod.ts";
import { UserError } from "../../core/errors.ts";
import { webpAlpha, webpLossless, webpLossy } from "./_image_fixtures.ts";
import { webpAnimated, webpAnimatedLossy } from "./_pillow_fixtures.ts";
import { number } from "./_writers.ts";

const sha256 = (data: Uint8ClampedArray) => createHash("sha256").update(data).digest("hex");
const le = (value: number, size: number) => number(value, size, true);

function chunk(type: string, body: number[]): number[] {
  const padding = Array(body.length % 2).fill(0);
  return [...new TextEncoder().encode(type), ...le(body.length, 4), ...body, ...padding];
}

function animated(width: number, height: number, frames: number[][]): Uint8Array {
  const body = [
    ...new TextEncoder().encode("WEBP"),
    ...chunk("VP8X", [0x12, 0, 0, 0, ...le(width - 1, 3), ...le(height - 1, 3)]),
    ...chunk("ANIM", [0, 0, 0, 0, 0, 0]),
    ...frames.flatMap((frame) => chunk("ANMF", frame)),
  ];
  return new Uint8Array([...new TextEncoder().encode("RIFF"), ...le(body.length, 4), ...body]);
}

/** A frame: a still file's chunks at a place. */
const frame = (x: number, y: number, { bytes, width, height }: typeof webpLossy) => [
  ...le(x / 2, 3),
  ...le(y / 2, 3),
  ...le(width - 1, 3),
  ...le(height - 1, 3),
  ...le(100, 3),
  0,
  ...bytes.subarray(12),
];

Deno.test("of an animation, the first frame", async () => {
  for (const { bytes, sha256: expected } of [webpAnimated, webpAnimatedLossy]) {
    assert.equal(sha256((await decodeImage(bytes)).data), expected);
  }
});

Deno.test("a first frame that is smaller lies on white", async () => {
  for (const still of [webpLossy, webpLossless]) {
    const part = await decodeImage(still.bytes);
    const whole = await decodeImage(animated(30, 20, [frame(4, 2, still), frame(0, 0, still)]));
    assert.deepEqual([whole.width, whole.height], [30, 20]);
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 30; x++) {
        const inside = x >= 4 && x < 4 + part.width && y >= 2 && y < 2 + part.height;
        const at = 3 * ((y - 2) * part.width + x - 4);
        const expected = inside ? [...part.data.subarray(at, at + 3)] : [255, 255, 255];
        assert.deepEqual([...whole.data.subarray(3 * (30 * y + x)).subarray(0, 3)], expected);
      }
    }
  }
});

Deno.test("a frame outside of the picture, or none, is refused", async () => {
  const attempt = (bytes: Uint8Array, pattern: RegExp) =>
    assert.rejects(decodeImage(bytes), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, pattern);
      return true;
    });
  await attempt(animated(18, 14, [frame(2, 0, webpLossy)]), /lies outside the picture/);
  await attempt(animated(18, 14, []), /holds no pixel data/);
  await attempt(animated(18, 14, [[1, 2, 3]]), /frame is malformed/);
  await attempt(animated(10000, 9000, [frame(0, 0, webpLossy)]), /the limit is 64 million/);
});

Deno.test("without the hint that there is alpha, all is opaque", async () => {
  const bytes = webpAlpha.bytes.slice();
  assert.notEqual(sha256((await decodeImage(bytes)).data), webpAlpha.sha256);
  bytes[24] &= ~0x10;
  assert.equal(sha256((await decodeImage(bytes)).data), webpAlpha.sha256);
});
