/** What pages need of runs that are compared, and what is measured between them. */
import { agreement, ranks } from "../core/rank.ts";
import { type Values, values } from "../core/values.ts";
import { upsample } from "../image/upsample.ts";
import type { Ends } from "./paint.ts";
import type { ScoreShown } from "./score_shown.ts";

/** A run beside others. */
export interface Compared {
  readonly id: string;
  readonly href: string;
  readonly title: string;
  /** The same, where there is little room. */
  readonly short: string;
  readonly facts: string;
  readonly width: number;
  readonly height: number;
  /** Whether single pixels should be seen. */
  readonly small: boolean;
  /** Role of a picture → where it is; without a role, what stands for the run. */
  readonly pictures: Readonly<Record<string, string>>;
  /** Address of the raw numbers. */
  readonly values?: string;
  /** How their map is painted, and what its ends stand for. */
  readonly map?: {
    readonly palette: readonly string[];
    readonly signed: boolean;
    readonly scale?: Ends;
  };
  /** Options and circumstances, as people write them. */
  readonly options: Readonly<Record<string, string>>;
  /** What metrics have said of it. */
  readonly scores: readonly ScoreShown[];
}

/** How many runs fit side by side. */
export const MOST_COMPARED = 6;

/** Pictures that are told apart by their role; frames are too many. */
export const ROLES = ["input", "map", "overlay", "final"] as const;

/** One scale for maps: around zero where they are signed. Nothing where none has a scale. */
export function commonScale(
  scales: readonly (Ends | undefined)[],
  signed: boolean,
): Ends | undefined {
  const known = scales.filter((scale) => scale !== undefined);
  if (known.length === 0) return undefined;
  const low = Math.min(...known.map(({ low }) => low));
  const high = Math.max(...known.map(({ high }) => high));
  const reach = Math.max(Math.abs(low), Math.abs(high));
  return signed ? { low: -reach, high: reach } : { low, high };
}

/** A map's numbers as shares of its largest: −1..1 where it is signed, else 0..1. */
function shares(map: Values, signed: boolean): Values {
  const plain = map.map((v) => !Number.isFinite(v) ? 0 : signed ? 2 * v - 1 : v);
  const most = plain.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
  return values(plain.map((v) => v / most), map.shape);
}

/** A map at another's size. */
const atSizeOf = (map: Values, { shape: [height, width] }: Values): Values =>
  map.shape[0] === height && map.shape[1] === width ? map : upsample(map, height, width);

/** A map and whether 0.5 is zero in it. */
export interface Signed {
  readonly map: Values;
  readonly signed: boolean;
}

/**
 * The difference of two maps, each as shares of its own largest number, as a map around 0.5 of the
 * first one's size: above where the first says more.
 */
export function difference(one: Signed, other: Signed): Values {
  const left = shares(one.map, one.signed);
  const right = shares(atSizeOf(other.map, one.map), other.signed);
  const most = one.signed || other.signed ? 2 : 1;
  return values(left.map((v, i) => 0.5 + (v - right[i]) / (2 * most)), left.shape);
}

/**
 * The rank correlation (Spearman) of each pair of maps, pixel by pixel at the size of the largest;
 * undefined for what has no map.
 */
export function correlations(maps: readonly (Values | undefined)[]): (number | undefined)[][] {
  const largest = maps.reduce((a, b) => (b?.length ?? 0) > (a?.length ?? 0) ? b : a, undefined);
  const ordered = maps.map((map) =>
    map && largest && ranks(atSizeOf(map, largest).map((v) => Number.isFinite(v) ? v : 0))
  );
  const found: (number | undefined)[][] = maps.map(() => maps.map(() => undefined));
  ordered.forEach((a, i) =>
    ordered.forEach((b, j) => {
      if (!a || !b) return;
      found[i][j] = j < i ? found[j][i] : i === j ? 1 : agreement(a, b);
    })
  );
  return found;
}
