/** Superpixels: grids, colours, SLIC and the graph-based ones. */
import assert from "node:assert/strict";
import { random } from "../../core/random.ts";
import { values } from "../../core/values.ts";
import { blurred } from "../../image/blur.ts";
import { felzenszwalb } from "../../image/felzenszwalb.ts";
import type { Picture } from "../../image/mod.ts";
import {
  colourSegments,
  connected,
  gridSegments,
  numbered,
  type Segments,
} from "../../image/segments.ts";
import { slic } from "../../image/slic.ts";
import { labOf } from "../../image/_lab.ts";
import fc from "../_support/property.ts";

/** Blobs of colours, with noise: as a photograph has both. */
function blobs(width: number, height: number, seed: number, isGray = false): Picture {
  const { integer, uniform } = random(seed);
  const spots = Array.from({ length: 6 }, () => ({
    y: uniform(0, height),
    x: uniform(0, width),
    colour: isGray ? new Array(3).fill(integer(0, 255)) : [0, 1, 2].map(() => integer(0, 255)),
  }));
  const data = new Uint8ClampedArray(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    const away = spots.map(({ y, x }) => (Math.floor(at / width) - y) ** 2 + (at % width - x) ** 2);
    const noise = integer(-6, 6), { colour } = spots[away.indexOf(Math.min(...away))];
    data.set(colour.map((level: number) => level + noise), 3 * at);
  }
  return { width, height, data };
}

const image = ({ width, height, data }: Picture) =>
  values(Float32Array.from(data, (level) => level / 255), [height, width, 3]);

/** How many pieces there are, if pixels hang together by so many of their neighbours. */
function pieces({ width, height, labels }: Segments, corners: boolean): number {
  const seen = new Set<number>();
  let count = 0;
  for (let start = 0; start < labels.length; start++) {
    if (seen.has(start)) continue;
    count++;
    seen.add(start);
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (let v = -1; v <= 1; v++) {
        for (let u = -1; u <= 1; u++) {
          const y = Math.floor(at / width) + v, x = at % width + u, to = y * width + x;
          if (y < 0 || y >= height || x < 0 || x >= width || seen.has(to)) continue;
          if (labels[to] !== labels[at] || (!corners && v !== 0 && u !== 0)) continue;
          seen.add(to);
          open.push(to);
        }
      }
    }
  }
  return count;
}

/** Every pixel has a segment, every segment a pixel, and they are numbered in the order of the rows. */
function checkWhole({ width, height, count, labels }: Segments, of: Picture): void {
  assert.deepEqual([width, height, labels.length], [of.width, of.height, of.width * of.height]);
  let most = -1;
  for (const label of labels) {
    assert.ok(label >= 0 && label <= most + 1);
    most = Math.max(most, label);
  }
  assert.equal(count, most + 1);
}

const sizesOf = ({ count, labels }: Segments) => {
  const sizes = new Array<number>(count).fill(0);
  labels.forEach((label) => sizes[label]++);
  return sizes;
};

const SIZES = [[1, 1], [8, 8], [32, 32], [90, 20], [7, 160]] as const;

Deno.test("grids: rectangles of about one size, about as many as were asked for", () => {
  for (const [width, height] of SIZES) {
    for (const wanted of [1, 4, 50, 10_000]) {
      const grid = gridSegments(width, height, wanted), of = blobs(width, height, 1);
      checkWhole(grid, of);
      assert.equal(pieces(grid, false), grid.count);
      const sizes = sizesOf(grid), most = Math.min(wanted, width * height);
      assert.ok(grid.count >= 0.5 * most && grid.count <= 2 * most, `${grid.count} of ${wanted}`);
      assert.ok(Math.max(...sizes) <= 4 * Math.min(...sizes), `${sizes}`);
    }
  }
  assert.deepEqual([...gridSegments(4, 2, 2).labels], [0, 0, 1, 1, 0, 0, 1, 1]);
});

Deno.test("colours: a segment each, also where it is in two places", () => {
  const data = Uint8ClampedArray.from([9, 0, 0, 0, 9, 0, 9, 0, 0, 0, 0, 0].flat());
  const { labels, count } = colourSegments({ width: 4, height: 1, data });
  assert.deepEqual([...labels, count], [0, 1, 0, 2, 3]);
});

Deno.test("connected: pieces become segments, small ones join what is above or left", () => {
  const labels = [
    [0, 0, 1, 1, 0],
    [0, 2, 1, 1, 0],
    [0, 0, 1, 1, 1],
  ].flat();
  assert.deepEqual([...connected(5, 3, labels, 1).labels], [
    ...[0, 0, 1, 1, 2],
    ...[0, 3, 1, 1, 2],
    ...[0, 0, 1, 1, 1],
  ]);
  assert.deepEqual([...connected(5, 3, labels, 3).labels], [
    ...[0, 0, 1, 1, 1],
    ...[0, 0, 1, 1, 1],
    ...[0, 0, 1, 1, 1],
  ]);
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 9 }),
    fc.array(fc.nat(2), { minLength: 9, maxLength: 60 }),
    fc.integer({ min: 1, max: 9 }),
    (width, list, least) => {
      const height = Math.floor(list.length / width), own = list.slice(0, width * height);
      const made = connected(width, height, own, least);
      assert.equal(pieces(made, false), made.count);
      const [first, ...others] = sizesOf(made);
      assert.ok(others.every((size) => size >= least), `${[first, others]}`);
      if (least === 1) assert.equal(made.count, pieces(numbered(width, height, own), false));
    },
  ));
});

Deno.test("CIELAB: colours whose coordinates are published, to what is written of them", () => {
  // white, black, red, green and blue of sRGB under D65 (Lindbloom's calculator)
  const colours = [
    [[255, 255, 255], [100, 0, 0]],
    [[0, 0, 0], [0, 0, 0]],
    [[255, 0, 0], [53.2408, 80.0925, 67.2032]],
    [[0, 255, 0], [87.7347, -86.1827, 83.1793]],
    [[0, 0, 255], [32.297, 79.1875, -107.8602]],
  ];
  const data = Uint8ClampedArray.from(colours.flatMap(([rgb]) => rgb));
  labOf({ width: colours.length, height: 1, data }).forEach((v, i) => {
    const [, lab] = colours[Math.floor(i / 3)];
    assert.ok(Math.abs(v - lab[i % 3]) < 0.01, `${v} is not ${lab[i % 3]}`);
  });
});

Deno.test("SLIC: whole, connected, about as many as were asked for, the same again", () => {
  for (const [width, height] of [...SIZES, [400, 300]] as const) {
    for (const isGray of [false, true]) {
      const picture = blobs(width, height, 3, isGray);
      for (const wanted of [1, 4, 50]) {
        const found = slic(picture, wanted), most = Math.min(wanted, width * height);
        checkWhole(found, picture);
        assert.equal(pieces(found, false), found.count);
        assert.ok(found.count >= 0.5 * most - 1 && found.count <= 2 * most, `${found.count}`);
        assert.deepEqual(slic(picture, wanted), found);
      }
    }
  }
  const flat = { width: 20, height: 20, data: new Uint8ClampedArray(1200).fill(77) };
  const squares = sizesOf(slic(flat, 4));
  assert.equal(squares.length, 4);
  assert.ok(squares.every((size) => size >= 80 && size <= 125), `of one colour, ${squares}`);
});

/** A disk on a ground, and which pixels are its. */
function disk(size: number): { picture: Picture; isInside: (at: number) => boolean } {
  const isInside = (at: number) =>
    (Math.floor(at / size) - 0.45 * size) ** 2 + (at % size - 0.55 * size) ** 2 <
      (0.27 * size) ** 2;
  const data = new Uint8ClampedArray(size * size * 3);
  for (let at = 0; at < size * size; at++) {
    data.set(isInside(at) ? [200, 40, 30] : [40, 90, 180], 3 * at);
  }
  return { picture: { width: size, height: size, data }, isInside };
}

/** Share of the pixels that lie in a segment most of whose pixels are on the other side. */
function astray(segments: Segments, isInside: (at: number) => boolean): number {
  const inside = new Array(segments.count).fill(0), sizes = sizesOf(segments);
  segments.labels.forEach((label, at) => inside[label] += isInside(at) ? 1 : 0);
  return inside.reduce((sum, n, i) => sum + Math.min(n, sizes[i] - n), 0) / segments.labels.length;
}

Deno.test("the border of a drawn shape is a border of segments, where a grid's is not", () => {
  const { picture, isInside } = disk(96);
  assert.ok(astray(gridSegments(96, 96, 50), isInside) > 0.04);
  assert.equal(astray(slic(picture, 50), isInside), 0);
  const graph = felzenszwalb(image(picture), 0.1)(0.5, 20);
  assert.equal(graph.count, 2, "the disk and the ground");
  assert.equal(astray(graph, isInside), 0);
});

/** The paper's algorithm, word by word: sets of pixels, all looked through at every step. */
function slowly(image: ReturnType<typeof values>, scale: number, least: number): number[] {
  const [height, width, channels] = image.shape;
  const edges: { from: number; to: number; cost: number }[] = [];
  for (let from = 0; from < width * height; from++) {
    for (const to of [from + 1, from + width, from + width + 1, from + width - 1]) {
      const across = Math.abs(to % width - from % width);
      if (to >= width * height || across > 1) continue;
      let squares = 0;
      for (let c = 0; c < channels; c++) {
        squares += (image[from * channels + c] - image[to * channels + c]) ** 2;
      }
      edges.push({ from, to, cost: Math.sqrt(squares) });
    }
  }
  edges.sort((a, b) => a.cost - b.cost);
  let sets = Array.from({ length: width * height }, (_, at) => ({ pixels: [at], within: 0 }));
  const holding = (at: number) => sets.find(({ pixels }) => pixels.includes(at))!;
  const merge = (a: typeof sets[0], b: typeof sets[0], within: number) =>
    sets = [...sets.filter((set) => set !== a && set !== b), {
      pixels: [...a.pixels, ...b.pixels],
      within,
    }];
  for (const { from, to, cost } of edges) {
    const a = holding(from), b = holding(to);
    const most = Math.min(...[a, b].map((set) => set.within + scale / set.pixels.length));
    if (a !== b && cost <= most) merge(a, b, cost);
  }
  for (const { from, to } of edges) {
    const a = holding(from), b = holding(to);
    if (a !== b && [a, b].some(({ pixels }) => pixels.length < least)) merge(a, b, 0);
  }
  return Array.from({ length: width * height }, (_, at) => sets.indexOf(holding(at)));
}

Deno.test("the graph-based: as the paper says it, whole, connected, none too small", () => {
  for (const [seed, width, height, channels] of [[1, 9, 12, 3], [2, 14, 7, 1], [3, 8, 8, 4]]) {
    const image = random(seed).uniformValues([height, width, channels], 0, 1);
    for (const [scale, least] of [[0.02, 1], [0.1, 3], [0.1, 6]]) {
      const found = felzenszwalb(image, 0.8)(scale, least);
      const expected = numbered(width, height, slowly(blurred(image, 0.8), scale, least));
      assert.deepEqual(found, expected);
      assert.ok(found.count > 1);
    }
  }
  for (const [width, height] of [...SIZES, [200, 150]] as const) {
    const picture = blobs(width, height, 5), segment = felzenszwalb(image(picture));
    const counts = [0.05, 0.5, 5].map((scale) => {
      const found = segment(scale, 12);
      checkWhole(found, picture);
      assert.equal(pieces(found, true), found.count);
      const small = sizesOf(found).filter((size) => size < Math.min(12, width * height));
      assert.equal(small.length, 0);
      assert.deepEqual(felzenszwalb(image(picture))(scale, 12), found);
      return found.count;
    });
    assert.deepEqual(counts.toSorted((a, b) => b - a), counts, "a larger scale, larger segments");
  }
});
