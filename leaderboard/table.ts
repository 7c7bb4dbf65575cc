/** Scores of many pictures as a table: a row for each technique, a mean with its interval for each metric. */
import { bootstrap, type Interval, shareOf } from "../core/bootstrap.ts";
import { sumOf } from "../core/correlation.ts";
import { random } from "../core/random.ts";
import type { Metric } from "../run/metric.ts";

/** The values of one technique by each metric, a picture after another; null where it could not be judged. */
export interface Sample {
  readonly technique: string;
  /** That with the options that are not the defaults. */
  readonly name: string;
  readonly title: string;
  /** Whether it knows nothing of the network, and is there to be beaten. */
  readonly baseline: boolean;
  /** For each metric, in their order. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** A mean of as many pictures as could be judged. */
export interface Mean extends Interval {
  readonly count: number;
}

/** A technique's row. */
export interface Row {
  readonly technique: string;
  /** That with the options that are not the defaults. */
  readonly name: string;
  readonly title: string;
  readonly baseline: boolean;
  /** One for each metric, in their order; null where no picture could be judged. */
  readonly means: readonly (Mean | null)[];
}

/** What was measured of one network. */
export interface Board {
  readonly model: string;
  /** How many pictures there were. */
  readonly pictures: number;
  /** Which share of them the network names right, where their classes are known. */
  readonly accuracy?: number;
  readonly metrics: readonly {
    readonly id: string;
    /** That with the options that are not the defaults. */
    readonly name: string;
    readonly title: string;
    readonly better: Metric["better"];
  }[];
  /** The best by the first metric first. */
  readonly rows: readonly Row[];
}

/** What is known of a metric where its values become a column. */
export interface Column extends Pick<Metric, "better" | "verdict"> {
  /** Its id with the options that are not the defaults. */
  readonly name: string;
}

/** Whether values are answers of yes or no, by what the metric declares and by what it said. */
const areVerdicts = ({ verdict }: Column, values: readonly number[]): boolean =>
  verdict === true && values.every((value) => value === 0 || value === 1);

/** The rows of some samples, the best by the first metric first. */
export function rowsOf(
  samples: readonly Sample[],
  metrics: readonly Column[],
  seed: number,
): Row[] {
  const rows = samples.map(({ values, ...sample }): Row => ({
    ...sample,
    means: metrics.map((metric, i) => {
      const known = values[i].filter((value) => value !== null), count = known.length;
      if (count === 0) return null;
      // drawing the sample from itself knows no doubt where all were hits
      if (areVerdicts(metric, known)) return { ...shareOf(sumOf(known), count), count };
      // each its own stream: a further metric or technique changes no interval
      const stream = random(seed).fork(`${sample.name} ${metric.name}`);
      return { ...bootstrap(known, stream), count };
    }),
  }));
  const sign = metrics[0].better === "lower" ? -1 : 1;
  const rank = ({ means: [first] }: Row) => first ? sign * first.mean : -Infinity;
  return rows.sort((a, b) => rank(b) - rank(a));
}

/**
 * Whether a technique is better than a baseline beyond doubt: their intervals do not meet.
 *
 * @param better Which values are.
 */
export function beats(row: Mean | null, other: Mean | null, better: Metric["better"]): boolean {
  if (!row || !other || better === "neither") return false;
  return better === "higher" ? row.low > other.high : row.high < other.low;
}
