/** What pictures were shown in a trial, and what the network said of them. */
import type { Values } from "../core/values.ts";
import type { Prediction } from "../run/technique.ts";
import type { Part } from "./covers.ts";
import type { Cover } from "./data.ts";

/** A picture in the network's space, and its best answer. */
export interface Shown {
  readonly name: string;
  readonly input: Values;
  readonly best: Prediction;
}

/** What the network says of a changed picture. */
export interface Answer {
  readonly best: Prediction;
  /** How sure it is of the class that is suspected: the probability, or the score of what has none. */
  readonly own: number;
}

/** Pictures that are changed at a place, and what the network says then. */
export interface Changed {
  /** The picture of a number, changed at a part. */
  readonly made: (i: number, at: Part) => Values;
  /** Of each, changed at the suspected place. */
  readonly answers: readonly Answer[];
  /** Of each, changed at the place opposite. */
  readonly controls: readonly Answer[];
}

/** All that was tried. */
export interface Tried {
  /** Pictures of the class; the place is covered in each. */
  readonly own: readonly Shown[];
  readonly covered: Readonly<Record<Cover, Changed>>;
  /** Pictures of other classes; onto each the place of its donor is put. */
  readonly others: readonly Shown[];
  readonly donors: readonly Shown[];
  readonly pasted: Changed;
}
