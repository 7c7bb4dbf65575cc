import assert from "node:assert/strict";
import { loadImage, type Picture, resize } from "../../image/mod.ts";
import { sameScene } from "../../web/same_scene.ts";

const cat = await loadImage(new URL("../../examples/images/cat-4.png", import.meta.url));
const seen = resize(cat, 64, 64, "bicubic");

function rgba({ data }: Picture, of = (x: number, y: number) => [x, y], add = 0) {
  const out = new Uint8ClampedArray(64 * 64 * 4).fill(255);
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 64; x++) {
      const [fx, fy] = of(x, y);
      for (let c = 0; c < 3; c++) out[4 * (64 * y + x) + c] = data[3 * (64 * fy + fx) + c] + add;
    }
  }
  return out;
}

Deno.test("a picture resized another way, or brighter, is the same; turned or mirrored it is not", () => {
  const own = rgba(seen);
  assert.ok(sameScene(own, own));
  assert.ok(sameScene(own, rgba(resize(cat, 64, 64, "bilinear"))));
  assert.ok(sameScene(own, rgba(seen, undefined, 25)));
  for (
    const turned of [
      (x: number, y: number) => [y, 63 - x],
      (x: number, y: number) => [63 - x, 63 - y],
      (x: number, y: number) => [63 - x, y],
      (x: number, y: number) => [y, x],
    ]
  ) assert.ok(!sameScene(own, rgba(seen, turned)));
});

Deno.test("pictures of one colour are the same where the colour is", () => {
  const flat = (level: number) => new Uint8ClampedArray(64).fill(level);
  assert.ok(sameScene(flat(90), flat(95)));
  assert.ok(!sameScene(flat(90), flat(190)));
});
