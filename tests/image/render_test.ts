import assert from "node:assert/strict";
import { blend, overlay, paint } from "../../image/render.ts";
import { values } from "../../core/values.ts";

const ramp = values(Float32Array.from({ length: 11 }, (_, i) => i / 10), [1, 11]);
const pixels = (data: Uint8ClampedArray) =>
  Array.from({ length: data.length / 3 }, (_, i) => [...data.slice(i * 3, i * 3 + 3)]);
const luminance = ([r, g, b]: number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

Deno.test("gray runs from black to white, rounded, clamped", async () => {
  const { width, height, data } = await paint(
    values(new Float32Array([0, 1, 0.5, -1, 2, 0.001]), [2, 3]),
    "gray",
  );
  assert.deepEqual([width, height], [3, 2]);
  assert.deepEqual(pixels(data).map(([r]) => r), [0, 255, 128, 0, 255, 0]);
  for (const [r, g, b] of pixels(data)) assert.ok(r === g && g === b);
});

Deno.test("perceptual colours only get brighter", async () => {
  const levels = pixels((await paint(ramp, "perceptual")).data).map(luminance);
  for (let i = 1; i < levels.length; i++) assert.ok(levels[i] > levels[i - 1] + 5, `at ${i}`);
  assert.ok(levels[0] < 5 && levels[10] > 200);
});

Deno.test("diverging colours are blue below, white at 0.5, red above", async () => {
  const colours = pixels((await paint(ramp, "diverging")).data);
  const [blue, white, red] = [colours[0], colours[5], colours[10]];
  assert.ok(blue[2] > blue[0] + 50 && red[0] > red[2] + 50);
  assert.ok(Math.min(...white) > 235);
  assert.ok(colours.every((c, i) => i === 5 || luminance(c) < luminance(white)));
});

Deno.test("a picture is laid over another by its share", () => {
  const picture = (...data: number[]) => ({
    width: 1,
    height: 1,
    data: new Uint8ClampedArray(data),
  });
  const under = picture(0, 100, 255), over = picture(200, 100, 0);
  assert.deepEqual(blend(under, over, 0), under);
  assert.deepEqual(blend(under, over, 1), over);
  assert.deepEqual([...blend(under, over, 0.85).data], [170, 100, 38]);
  const wide = { width: 2, height: 1, data: new Uint8ClampedArray(6) };
  assert.throws(() => blend(under, wide, 0.5), RangeError);
});

Deno.test("zero of a diverging map leaves the picture as it is, its ends take their share", async () => {
  const map = values(new Float32Array([0.5, 1, 0]), [1, 3]);
  const picture = { width: 3, height: 1, data: new Uint8ClampedArray(9).fill(77) };
  const painted = await paint(map, "diverging");
  const [zero, high, low] = pixels(
    overlay(picture, painted, { map, colors: "diverging", strength: 1 }).data,
  );
  assert.deepEqual(zero, [77, 77, 77]);
  assert.deepEqual([high, low], pixels(painted.data).slice(1));
  const even = overlay(picture, painted, { map, colors: "gray", strength: 0.5 });
  assert.deepEqual(even, blend(picture, painted, 0.5));
});
