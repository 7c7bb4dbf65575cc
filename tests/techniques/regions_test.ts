/** XRAI against PAIR's own code, and its regions. */
import assert from "node:assert/strict";
import { useBackend } from "../../engine/runtime.ts";
import { random } from "../../core/random.ts";
import { branched, grayOne, picture as syntheticPicture } from "../../conformance/networks.ts";
import { dilation, ranked, type Region, regionsOf } from "../../techniques/_regions.ts";
import { attribute } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import fc from "../_support/property.ts";
import { near } from "../_support/tensors.ts";
import { tangled } from "./_slow.ts";

const sum = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((a, b) => a + b, 0);

/** What PAIR's `XRAI.GetMaskWithDetails` (saliency 0.2.1) gives for {@link pairs}: by `min_pixel_diff`. */
const PAIR: readonly (readonly [least: number, levels: readonly number[], map: string])[] = [
  [
    1,
    [
      ...[1.157543, 1.063126, 0.916138, 0.886054, 0.882925, 0.863062, 0.822157, 0.820148],
      ...[0.801666, 0.786138, 0.7783, 0.758409, 0.727998, 0.619734, 0.567352],
    ],
    `bbmllkkkooo
     bmmhkkkkkoo
     mmmhkkkkkja
     mmmgggkkjjj
     iigggggeeff
     nngggggcfff
     nngggggcfff
     nnngdddcfff
     nnnndddaaff`,
  ],
  [
    4,
    [
      ...[0.946283, 0.886054, 0.884195, 0.863062, 0.828703, 0.822157, 0.81178, 0.786138],
      ...[0.769229, 0.619734, 0.567352],
    ],
    `gggaaiiikkk
     gggeeiiiikk
     gggeeiiiiha
     gggfffiihhh
     aafffffccdd
     jjfffffcddd
     jjfffffcddd
     jjjfbbbaddd
     jjjjbbbaadd`,
  ],
  [
    9,
    [0.863062, 0.840709, 0.815659, 0.81178, 0.772243, 0.649889],
    `dddcceeeccc
     dddceeeeecc
     dddceeeeecc
     dddbbbeeecc
     ccbbbbbecaa
     ffbbbbbcaaa
     ffbbbbbcaaa
     fffbbbccaaa
     fffffccccaa`,
  ],
];

/** The strongest of three colours of waves on 11×9 pixels, and circles, two of which are the same. */
function pairs() {
  const height = 9, width = 11;
  const wave = (i: number) => Math.sin(i * 1.7) + 0.3 * Math.cos(i * 0.13);
  const pixels = Array.from({ length: height * width }, (_, pixel) => pixel);
  const map = pixels.map((pixel) => Math.max(...[0, 1, 2].map((c) => wave(3 * pixel + c))));
  const circles = Array.from({ length: 14 }, (_, k) => {
    const cy = k * 5 % height, cx = k * 7 % width, radius = 1.2 + 0.35 * (k % 6);
    return pixels.filter((pixel) =>
      (Math.floor(pixel / width) - cy) ** 2 + (pixel % width - cx) ** 2 <= radius * radius
    );
  });
  return { map, regions: [...circles, circles[3]] };
}

Deno.test("regions in order are PAIR's, given the same regions and the same attribution", () => {
  const { map, regions } = pairs();
  for (const [least, levels, drawn] of PAIR) {
    const found = ranked(map, regions, least);
    const expected = drawn.replaceAll(/\s/g, "").split("").map((letter) =>
      levels[letter.charCodeAt(0) - "a".charCodeAt(0)]
    );
    assert.equal(found.map.length, expected.length);
    found.map.forEach((v, i) => assert.ok(Math.abs(v - expected[i]) < 1e-6, `${least}, ${i}`));
    assert.ok(Math.abs(sum(found.map) - sum(map)) < 1e-9);
  }
});

/** PAIR's loop, word by word. */
function slowly(map: readonly number[], regions: readonly Region[], least: number): number[] {
  const made = map.map(() => -Infinity), covered = new Set<number>();
  let left = regions.map((region) => [...region]);
  const mean = (pixels: Region) => sum(pixels.map((pixel) => map[pixel])) / pixels.length;
  const fill = (pixels: Region) => {
    const value = mean(pixels);
    pixels.forEach((pixel) => {
      made[pixel] = value;
      covered.add(pixel);
    });
  };
  while (true) {
    left = left.map((region) => region.filter((pixel) => !covered.has(pixel)))
      .filter((region) => region.length >= least);
    if (left.length === 0) break;
    fill(left.reduce((best, region) => mean(region) > mean(best) ? region : best));
  }
  fill(map.map((_, pixel) => pixel).filter((pixel) => !covered.has(pixel)));
  return made;
}

Deno.test("regions in order: as the loop finds them, the sum kept", () => {
  const region = fc.uniqueArray(fc.nat(29), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(
    fc.array(region, { maxLength: 12 }),
    fc.integer({ min: 1, max: 6 }),
    fc.nat(1000),
    (regions, least, seed) => {
      const map = [...random(seed).normalValues([30])],
        { map: found } = ranked(map, regions, least);
      slowly(map, regions, least).forEach((v, i) => assert.ok(Math.abs(v - found[i]) < 1e-9));
      assert.ok(Math.abs(sum(found) - sum(map)) < 1e-9);
    },
  ));
});

Deno.test("dilation: all within the radius, once, and nothing else", () => {
  const width = 9, height = 7, pixels = Array.from({ length: width * height }, (_, at) => at);
  for (const radius of [0, 1, 2, 5]) {
    const larger = dilation(radius, width, height);
    for (const region of [[0], [31, 32, 40], [8, 60], pixels, pixels.slice(9, 40)]) {
      const expected = pixels.filter((pixel) =>
        region.some((own) =>
          (Math.floor(own / width) - Math.floor(pixel / width)) ** 2 +
              (own % width - pixel % width) ** 2 <= radius ** 2
        )
      );
      assert.deepEqual([...larger(region)].sort((a, b) => a - b), expected);
    }
  }
});

Deno.test("regions: of each scale, all of the picture; along a drawn border", () => {
  const size = 64,
    isInside = (pixel: number) =>
      (Math.floor(pixel / size) - 30) ** 2 + (pixel % size - 36) ** 2 < 400;
  const data = Uint8ClampedArray.from(
    { length: size * size * 3 },
    (_, i) => isInside(Math.floor(i / 3)) ? [210, 60, 40][i % 3] : [40, 80, 190][i % 3],
  );
  const regions = regionsOf({ width: size, height: size, data }, 0);
  const pixels = regions.reduce((count, region) => count + region.length, 0);
  assert.equal(pixels, 6 * size * size, "six scales");
  const disk = Array.from({ length: size * size }, (_, pixel) => pixel).filter(isInside);
  // the blurred border may be a region of its own
  const isNearly = (region: Region) => {
    const inside = region.filter(isInside).length;
    return inside > 0.85 * disk.length && region.length - inside < 0.15 * disk.length;
  };
  assert.ok(regions.some(isNearly), `${regions.map(({ length }) => length)}`);
  const flat = { width: 20, height: 12, data: new Uint8ClampedArray(720).fill(9) };
  assert.deepEqual(regionsOf(flat, 2).map(({ length }) => length), [240, 240, 240, 240, 240, 240]);
});

forEachBackend("XRAI: the integrated gradients of both baselines, in regions", async () => {
  const { model, image, input, height, width } = tangled(), target = 2, steps = 12;
  const parts: ArrayLike<number>[] = [];
  for (const baseline of [Math.min(...input), Math.max(...input)]) {
    const options = { baseline, steps, method: "linspace" as const };
    const { attribution } = await attribute("integrated-gradients", {
      ...{ model, image, target, options },
    });
    parts.push(attribution);
  }
  const strongest = Array.from(
    { length: height * width },
    (_, pixel) =>
      Math.max(...[0, 1, 2].map((c) => (parts[0][3 * pixel + c] + parts[1][3 * pixel + c]) / 2)),
  );
  const options = { steps, dilation: 1, least: 3 };
  const run = await attribute("xrai", { model, image, target, options });
  const expected = slowly(strongest, regionsOf(image, 1), 3);
  near(run.attribution, expected, 1e-4, "regions");
  assert.deepEqual(run.attribution.shape, [height, width]);
  near([sum(run.attribution)], [sum(strongest)], 1e-4, "the sum");
  const byDefault = await attribute("xrai", { model, image, target, options: { steps } });
  assert.deepEqual([byDefault.figures!.dilation, byDefault.figures!.least], [0, 1], "of 11×13");
  const none = await attribute("xrai", { model, image, options: { steps, least: 1000 } });
  assert.match(none.diagnosis.join(" "), /No region has 1000 pixels/);
  model.network.dispose();
}, ["wasm", "cpu"]);

Deno.test("XRAI of gray pictures, and of pictures that are not square: whole regions", async () => {
  await useBackend("wasm");
  for (const small of [grayOne, branched]) {
    const model = small.model(), image = syntheticPicture(small.width, small.height);
    const run = await attribute("xrai", { model, image, options: { steps: 5, least: 2 } });
    assert.deepEqual(run.attribution.shape, [small.height, small.width]);
    assert.ok(new Set(run.attribution).size <= Number(run.figures!.taken) + 1);
    assert.deepEqual(run.map.shape, run.attribution.shape);
    model.network.dispose();
  }
});
