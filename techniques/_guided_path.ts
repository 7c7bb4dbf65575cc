/** A path from one image to another that first moves the numbers that matter least where it is. */

/** How a path is guided. */
export interface Guidance {
  /** Steps from the start to the end. */
  readonly steps: number;
  /** Share of the numbers that move together, 0..1. */
  readonly fraction: number;
  /** How far a number may be ahead of or behind the straight path, as a share of its way, 0..1. */
  readonly maxDistance: number;
}

/** Two lengths that differ by less, as a share of them or in all, are the same. */
const SAME = 1e-9;

const isSame = (a: number, b: number) =>
  Math.abs(a - b) <= Math.max(SAME * Math.max(Math.abs(a), Math.abs(b)), SAME);

/** Where on the straight path a share of it is. */
const between = (from: number, to: number, share: number) => from + (to - from) * share;

/**
 * The path of guided integrated gradients (Kapishnikov et al. 2021, algorithm 1, with bounds about the
 * straight path as in their implementation). Each step brings it nearer to the end by the same part of
 * their distance, which is the sum of the numbers' differences.
 */
export class GuidedPath {
  /** Where it is. */
  readonly at: Float64Array;
  /** For each number, the sum over the steps of the gradient times how far it moved. */
  readonly gathered: Float64Array;
  readonly #start: ArrayLike<number>;
  readonly #end: ArrayLike<number>;
  readonly #guidance: Guidance;
  readonly #length: number;
  #step = 0;

  /** @param start Where it begins; as many numbers as `end`. */
  constructor(start: ArrayLike<number>, end: ArrayLike<number>, guidance: Guidance) {
    this.at = Float64Array.from(start);
    this.gathered = new Float64Array(start.length);
    this.#start = start;
    this.#end = end;
    this.#guidance = guidance;
    this.#length = this.#left();
  }

  /** How far the end is. */
  #left(): number {
    let sum = 0;
    for (let i = 0; i < this.at.length; i++) sum += Math.abs(this.#end[i] - this.at[i]);
    return sum;
  }

  /** Takes a step, by the gradient where the path is. */
  move(gradient: ArrayLike<number>): void {
    const { steps, fraction, maxDistance } = this.#guidance, { at } = this;
    const along = ++this.#step / steps, target = this.#length * (1 - this.#step / steps);
    const least = Math.max(along - maxDistance, 0), most = Math.min(along + maxDistance, 1);
    const before = at.slice();
    this.#catchUp(least);
    const ahead = Float64Array.from(at, (_, i) => between(this.#start[i], this.#end[i], most));
    let left = this.#left();
    const size = (i: number) => Math.abs(gradient[i]);
    const order = Uint32Array.from(at.keys()).filter((i) => at[i] !== ahead[i])
      .sort((a, b) => size(a) - size(b));
    const together = Math.floor(fraction * (at.length - 1)) + 1;
    for (let from = 0; from < order.length && !isSame(left, target);) {
      let to = Math.min(order.length, from + together);
      while (to < order.length && size(order[to]) === size(order[to - 1])) to++;
      const some = order.subarray(from, to);
      const reach = some.reduce((sum, i) => sum + Math.abs(ahead[i] - at[i]), 0);
      const share = (left - target) / reach;
      for (const i of some) at[i] = share > 1 ? ahead[i] : between(at[i], ahead[i], share);
      if (share <= 1) break;
      left -= reach;
      from = to;
    }
    for (let i = 0; i < at.length; i++) this.gathered[i] += gradient[i] * (at[i] - before[i]);
  }

  /** Brings what is further behind than `least`, a share of its way, up to there. */
  #catchUp(least: number): void {
    for (let i = 0; i < this.at.length; i++) {
      const from = this.#start[i], way = this.#end[i] - from;
      if (way === 0 || (this.at[i] - from) / way >= least) continue;
      this.at[i] = between(from, this.#end[i], least);
    }
  }
}
