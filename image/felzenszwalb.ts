/** Segments by the graph of neighbouring pixels (Felzenszwalb and Huttenlocher 2004). */
import type { Values } from "../core/values.ts";
import { blurred } from "./blur.ts";
import { numbered, type Segments } from "./segments.ts";

/** Pairs of pixels that touch, those of the most similar colours first. */
interface Edges {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** How far apart their colours are. */
  readonly cost: Float64Array;
}

/** To the right, below, and the two below at the corners. */
const TOUCHING = [[0, 1], [1, 0], [1, 1], [1, -1]] as const;

function edgesOf(image: Values): Edges {
  const [height, width, channels] = image.shape;
  const first: number[] = [], second: number[] = [], cost: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const [down, right] of TOUCHING) {
        const v = y + down, u = x + right;
        if (v >= height || u < 0 || u >= width) continue;
        const from = y * width + x, to = v * width + u;
        let squares = 0;
        for (let c = 0; c < channels; c++) {
          squares += (image[from * channels + c] - image[to * channels + c]) ** 2;
        }
        first.push(from);
        second.push(to);
        cost.push(Math.sqrt(squares));
      }
    }
  }
  const order = Int32Array.from(cost, (_, i) => i).sort((a, b) => cost[a] - cost[b] || a - b);
  return {
    first: Int32Array.from(order, (i) => first[i]),
    second: Int32Array.from(order, (i) => second[i]),
    cost: Float64Array.from(order, (i) => cost[i]),
  };
}

/** Sets of pixels that are joined bit by bit. */
class Forest {
  readonly #parent: Int32Array;
  readonly size: Int32Array;

  constructor(pixels: number) {
    this.#parent = Int32Array.from({ length: pixels }, (_, i) => i);
    this.size = new Int32Array(pixels).fill(1);
  }

  /** The pixel that stands for the set. */
  rootOf(pixel: number): number {
    while (this.#parent[pixel] !== pixel) {
      pixel = this.#parent[pixel] = this.#parent[this.#parent[pixel]];
    }
    return pixel;
  }

  /** Joins two sets by their roots, and gives the root of both. */
  join(a: number, b: number): number {
    const [root, other] = this.size[a] >= this.size[b] ? [a, b] : [b, a];
    this.#parent[other] = root;
    this.size[root] += this.size[other];
    return root;
  }
}

/** Makes segments. A larger `scale` makes larger ones; none has fewer than `least` pixels. */
export type Segmenter = (scale: number, least: number) => Segments;

/**
 * Prepares an image for segments of any scale. Two segments become one where the colours across their
 * border differ by less than within each of them, plus `scale` (in the image's units) over its pixels;
 * afterwards those of fewer than `least` pixels join a neighbour. Segments are connected, by sides or
 * corners.
 *
 * @param image `[height, width, channels]`, of any range.
 * @param deviation Of the blur before, in pixels; the paper's is 0.8.
 */
export function felzenszwalb(image: Values, deviation = 0.8): Segmenter {
  const [height, width] = image.shape;
  const { first, second, cost } = edgesOf(blurred(image, deviation));
  return (scale, least) => {
    const forest = new Forest(height * width);
    const within = new Float64Array(height * width);
    const limit = (root: number) => within[root] + scale / forest.size[root];
    cost.forEach((difference, i) => {
      const a = forest.rootOf(first[i]), b = forest.rootOf(second[i]);
      if (a === b || difference > Math.min(limit(a), limit(b))) return;
      within[forest.join(a, b)] = difference;
    });
    for (let i = 0; i < cost.length; i++) {
      const a = forest.rootOf(first[i]), b = forest.rootOf(second[i]);
      if (a !== b && Math.min(forest.size[a], forest.size[b]) < least) forest.join(a, b);
    }
    const roots = Int32Array.from({ length: height * width }, (_, at) => forest.rootOf(at));
    return numbered(width, height, roots);
  };
}
