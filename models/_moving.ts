/** From a file's order of a tensor's numbers to the engine's, while they are read. */
import type { TakeNumbers } from "../run/model.ts";

/** As many rows are moved at once as numbers lie side by side in memory. */
const ROWS = 16;

/** An axis: how many steps it has, and how far each leads in what is filled. */
interface Axis {
  readonly size: number;
  readonly step: number;
}

/** The axes of `sizes` where those of `order` are put: none of 1, and those that stay together as one. */
function axesFor(sizes: readonly number[], order: readonly number[]): Axis[] {
  const steps = new Array<number>(sizes.length);
  for (let i = order.length - 1, step = 1; i >= 0; i--) {
    steps[order[i]] = step;
    step *= sizes[order[i]];
  }
  const axes: Axis[] = [];
  sizes.forEach((size, axis) => {
    const before = axes.at(-1);
    if (size === 1) return;
    if (before?.step === size * steps[axis]) {
      axes[axes.length - 1] = { size: before.size * size, step: steps[axis] };
    } else axes.push({ size, step: steps[axis] });
  });
  return axes;
}

/**
 * Takes a tensor's numbers into a place where its axes have another order.
 *
 * @param sizes Its shape, row-major, as it is read.
 * @param order Its axes as they are to be: `[3, 0]`, the last one first.
 * @param into Is filled: as many numbers as the shape has.
 */
export function moving(
  sizes: readonly number[],
  order: readonly number[],
  into: Float32Array,
): TakeNumbers {
  const [outer, ...inner] = axesFor(sizes, order);
  if (inner.length === 0) return (numbers, from) => into.set(numbers, from);
  const length = inner.reduce((product, { size }) => product * size, 1);
  const last = inner.at(-1)!, ahead = inner.slice(0, -1).reverse();
  /** Where the number at a place of a row goes, counted from where the row's first goes. */
  const within = (place: number): number => {
    let to = place % last.size * last.step, rest = Math.floor(place / last.size);
    for (const { size, step } of ahead) {
      to += rest % size * step;
      rest = Math.floor(rest / size);
    }
    return to;
  };
  return (numbers, from) => {
    for (let at = 0; at < numbers.length;) {
      const row = Math.floor((from + at) / length), begin = from + at - row * length;
      const left = numbers.length - at;
      const whole = begin === 0 ? Math.min(ROWS, Math.floor(left / length)) : 0;
      const count = whole || 1, end = whole ? length : Math.min(length, begin + left);
      for (let i = begin; i < end; i++) {
        const to = within(i) + row * outer.step;
        for (let r = 0; r < count; r++) {
          into[to + r * outer.step] = numbers[at + r * length + i - begin];
        }
      }
      at += count * (end - begin);
    }
  };
}
