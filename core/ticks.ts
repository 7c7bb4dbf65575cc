/** Axes: where they end, and which round numbers stand at them. */

/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  /** The value as short as it can be told from the other marks': `0.25`, `1.5e-3`, `−20`. */
  readonly label: string;
}

/** A stretch of numbers with marks. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
}

/** Further marks would run into each other. */
const MOST_TICKS = 6;
/** Of the larger end, what an axis must at least span; less is lost in the rounding of numbers. */
const LEAST_SPAN = 1e-9;
/** Smaller numbers have too few digits to be divided. */
const SMALLEST = 1e-300;
/** What is left of a multiple by rounding, in steps. */
const ROUNDING = 1e-9;

/**
 * An axis over `low`..`high`, marked at multiples of 1, 2 or 5 times a power of ten; it ends at
 * marks, unless it must end `exactly` where the numbers do. One number, or almost one, gets room on
 * either side.
 *
 * @param options.most how many marks there may be, at least 3
 * @param options.whole whether there is nothing between whole numbers: steps
 */
export function axisOf(
  low: number,
  high: number,
  { most = MOST_TICKS, exactly = false, whole = false } = {},
): Axis {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= LEAST_SPAN * largest || largest < SMALLEST) {
    const room = largest < SMALLEST ? 1 : largest / 2;
    return axisOf(low - room, high + room, { most, exactly, whole });
  }
  const [below, above] = exactly ? [Math.ceil, Math.floor] : [Math.floor, Math.ceil];
  const side = exactly ? ROUNDING : -ROUNDING;
  const least = Math.floor(Math.log10((high - low) / most));
  for (let power = whole ? Math.max(0, least) : least;; power++) {
    for (const digit of [1, 2, 5]) {
      const step = Number(`${digit}e${power}`);
      const first = below(low / step - side), last = above(high / step + side);
      if (last - first >= most) continue;
      const multiples = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * digit);
      const ticks = ticksAt(multiples, power);
      return exactly
        ? { low, high, ticks }
        : { low: ticks[0].value, high: ticks.at(-1)!.value, ticks };
    }
  }
}

/** The marks at whole multiples of a power of ten, all written alike. */
function ticksAt(multiples: readonly number[], power: number): Tick[] {
  const valueOf = (n: number) => Number(`${n}e${power}`);
  const plain = power >= -3 && multiples.every((n) => Math.abs(valueOf(n)) < 1e6);
  return multiples.map((n) => {
    const value = valueOf(n);
    const text = n === 0
      ? "0"
      : plain
      ? value.toFixed(Math.max(0, -power))
      : short(value.toExponential(String(Math.abs(n)).length - 1));
    return { value, label: text.replaceAll("-", "−") };
  });
}

/** `1.50e+6` → `1.5e6` */
function short(exponential: string): string {
  const [digits, power] = exponential.split("e");
  return `${Number(digits)}e${Number(power)}`;
}
