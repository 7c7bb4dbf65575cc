/** Regions of a picture, of several sizes and overlapping, and which of them an attribution fills most. */
import { felzenszwalb } from "../image/felzenszwalb.ts";
import { type Picture, resize } from "../image/mod.ts";
import { values } from "../core/values.ts";

/** The numbers of the pixels in it, row after row. */
export type Region = readonly number[];

/** Scales are made for pictures of this side, so that their regions are of the same shares of any. */
const SIDE = 224;
/** Of the graph-based segments, for levels of 0..255; colours reach from −1 to 1. */
const SCALES = [50, 100, 150, 250, 500, 1200];
/** In pixels of that size. */
const LEAST = 150;

/** Places within a circle, as distances from its middle. */
function diskOf(radius: number): readonly (readonly [down: number, right: number])[] {
  const reach = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  return reach.flatMap((down) => reach.map((right) => [down, right] as const))
    .filter(([down, right]) => down ** 2 + right ** 2 <= radius ** 2);
}

/** Makes regions of a picture larger by all pixels within a radius. */
export function dilation(
  radius: number,
  width: number,
  height: number,
): (region: Region) => Region {
  if (radius === 0) return (region) => region;
  const disk = diskOf(radius), reached = new Int32Array(width * height);
  let round = 0;
  return (region) => {
    round += 2;
    const isIn = round, isNear = round + 1, made = [...region];
    for (const pixel of region) reached[pixel] = isIn;
    for (const pixel of region) {
      const y = Math.floor(pixel / width), x = pixel % width;
      const isInner = (x === 0 || reached[pixel - 1] === isIn) &&
        (x === width - 1 || reached[pixel + 1] === isIn) &&
        (y === 0 || reached[pixel - width] === isIn) &&
        (y === height - 1 || reached[pixel + width] === isIn);
      if (isInner) continue; // what it reaches, the border reaches too
      for (const [down, right] of disk) {
        const v = y + down, u = x + right, at = v * width + u;
        if (v < 0 || v >= height || u < 0 || u >= width || reached[at] >= isIn) continue;
        reached[at] = isNear;
        made.push(at);
      }
    }
    return made;
  };
}

/** The levels from −1, the lowest, to 1, the highest, `[224, 224, 3]`. */
function stretched(picture: Picture) {
  const { data } = resize(picture, SIDE, SIDE, "bicubic");
  const low = data.reduce((a, b) => Math.min(a, b), 255);
  const span = data.reduce((a, b) => Math.max(a, b), 0) - low || 1;
  return values(Float32Array.from(data, (v) => 2 * (v - low) / span - 1), [SIDE, SIDE, 3]);
}

/** The graph-based segments of all scales, each made larger by so many pixels. */
export function regionsOf(picture: Picture, radius: number): Region[] {
  const { width, height } = picture, segment = felzenszwalb(stretched(picture));
  const larger = dilation(radius, width, height);
  const nearest = (i: number, size: number) => Math.floor((i + 0.5) * SIDE / size);
  return SCALES.flatMap((scale) => {
    const { labels, count } = segment(scale / 255, LEAST);
    const regions = Array.from({ length: count }, (): number[] => []);
    for (let y = 0, pixel = 0; y < height; y++) {
      for (let x = 0; x < width; x++, pixel++) {
        regions[labels[nearest(y, height) * SIDE + nearest(x, width)]].push(pixel);
      }
    }
    return regions.filter(({ length }) => length > 0).map(larger);
  });
}

/**
 * Takes the regions one after the other, always that whose pixels not yet taken have the highest mean;
 * these pixels get that mean. Regions with fewer than `least` such pixels are left out; pixels that
 * no region takes get their own mean. So the sum stays what it is.
 *
 * @param map One number for each pixel.
 * @returns that map, and how many regions were taken.
 */
export function ranked(
  map: ArrayLike<number>,
  regions: readonly Region[],
  least: number,
): { readonly map: Float64Array; readonly taken: number } {
  const own: number[][] = Array.from({ length: map.length }, () => []);
  const sums = regions.map((region, i) =>
    region.reduce((sum, pixel) => {
      own[pixel].push(i);
      return sum + map[pixel];
    }, 0)
  );
  const left = regions.map(({ length }) => length);
  const isOpen = new Uint8Array(map.length).fill(1), made = new Float64Array(map.length);
  const fill = (pixels: Region) => {
    const mean = pixels.reduce((sum, pixel) => sum + map[pixel], 0) / pixels.length;
    for (const pixel of pixels) {
      made[pixel] = mean;
      isOpen[pixel] = 0;
      for (const region of own[pixel]) {
        sums[region] -= map[pixel];
        left[region]--;
      }
    }
  };
  let taken = 0;
  while (true) {
    let best = -1;
    for (let i = 0; i < regions.length; i++) {
      if (left[i] < least) continue;
      if (best < 0 || sums[i] / left[i] > sums[best] / left[best]) best = i;
    }
    if (best < 0) break;
    fill(regions[best].filter((pixel) => isOpen[pixel]));
    taken++;
  }
  fill(Array.from(map, (_, pixel) => pixel).filter((pixel) => isOpen[pixel]));
  return { map: made, taken };
}
