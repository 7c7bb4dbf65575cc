import assert from "node:assert/strict";
import { values } from "../../core/values.ts";
import { colourMaps } from "../../image/colour_maps.ts";
import { overlay, paint, stopsOf } from "../../image/render.ts";
import { paintMap, paletteOf, thresholdOf } from "../../web/paint.ts";

const GRAY = paletteOf(["#000000", "#ffffff"]);
const pixels = (data: Uint8ClampedArray) =>
  Array.from({ length: data.length / 4 }, (_, i) => [...data.subarray(4 * i, 4 * i + 4)]);

Deno.test("a palette is mixed evenly between its stops", () => {
  assert.deepEqual([...paletteOf(["#000000", "#ff8000", "#ffffff"], 5)], [
    ...[0, 0, 0, 128, 64, 0, 255, 128, 0],
    ...[255, 192, 128, 255, 255, 255],
  ]);
  assert.deepEqual([...paletteOf(["#010203", "#ffffff"], 1)], [1, 2, 3]);
});

Deno.test("a map is painted from the palette's ends, clipped; NaN is magenta", () => {
  const map = Float32Array.of(0, 0.5, 1, 2, -1, NaN, Infinity);
  assert.deepEqual(pixels(paintMap(map, { palette: GRAY, strength: 0.6 })), [
    [0, 0, 0, 153],
    [128, 128, 128, 153],
    [255, 255, 255, 153],
    [255, 255, 255, 153],
    [0, 0, 0, 153],
    [255, 0, 255, 153],
    [255, 255, 255, 153],
  ]);
});

Deno.test("zero of a signed map is clear, and both signs are seen alike", () => {
  const map = Float32Array.of(0, 0.25, 0.5, 0.75, 1);
  const alpha = pixels(paintMap(map, { palette: GRAY, signed: true, strength: 0.8 }))
    .map(([, , , a]) => a);
  assert.deepEqual(alpha, [204, 102, 0, 102, 204]);
  const alone = pixels(paintMap(map, { palette: GRAY, signed: true, sheer: false }));
  assert.deepEqual(alone.map(([level, , , a]) => [level, a]), [
    ...[[0, 255], [64, 255], [128, 255], [191, 255], [255, 255]],
  ]);
});

Deno.test("laid over a picture, a map is what overlay.png is", async () => {
  for (const { id, diverging } of colourMaps) {
    const palette = paletteOf(await stopsOf(id)), strength = 0.7;
    const map = values(Float32Array.from({ length: 101 }, (_, i) => i / 100), [1, 101]);
    const seen = { width: 101, height: 1, data: new Uint8ClampedArray(303).fill(90) };
    const expected = overlay(seen, await paint(map, id), { map, colors: id, strength });
    const over = pixels(paintMap(map, { palette, signed: diverging, strength }));
    over.forEach(([r, g, b, a], i) =>
      [r, g, b].forEach((level, c) => {
        const drawn = 90 + (level - 90) * a / 255, wanted = expected.data[3 * i + c];
        // seventeen stops are not every colour between
        assert.ok(Math.abs(drawn - wanted) <= 6, `${id} at ${i}: ${drawn}, not ${wanted}`);
      })
    );
  }
});

Deno.test("a fixed scale shows raw values alike, whatever the map's own scale", () => {
  const fixed = { low: 0, high: 4 };
  // raw 0, 1, 2 of a map whose own scale ends at 2; raw 2, 3, 4 of one from 2 to 4
  const low = paintMap(Float32Array.of(0, 0.5, 1), {
    palette: GRAY,
    scale: { own: { low: 0, high: 2 }, fixed },
  });
  const high = paintMap(Float32Array.of(0, 0.5, 1), {
    palette: GRAY,
    scale: { own: { low: 2, high: 4 }, fixed },
  });
  assert.deepEqual(pixels(low).map(([r]) => r), [0, 64, 128]);
  assert.deepEqual(pixels(high).map(([r]) => r), [128, 191, 255]);
  const flat = { own: { low: 0, high: 1 }, fixed: { low: 1, high: 1 } };
  assert.deepEqual(pixels(paintMap(Float32Array.of(1), { palette: GRAY, scale: flat }))[0][0], 0);
});

Deno.test("a share paints the strongest pixels alone, of a signed map those of either sign", () => {
  const map = Float32Array.of(0.1, 0.9, 0.5, 0.3);
  const seen = (options: { share: number; signed?: boolean }) =>
    pixels(paintMap(map, { palette: GRAY, ...options })).map(([, , , a]) => a > 0);
  assert.deepEqual(seen({ share: 0.5 }), [false, true, true, false]);
  assert.deepEqual(seen({ share: 0.5, signed: true }), [true, true, false, false]);
  assert.deepEqual(seen({ share: 0 }), [false, false, false, false]);
  assert.deepEqual(seen({ share: 1 }), [true, true, true, true]);
  assert.equal(thresholdOf(Float32Array.of(NaN, 1, 0.25), 0.5), 1);
  assert.equal(thresholdOf(new Float32Array(), 0.5), Infinity);
});
