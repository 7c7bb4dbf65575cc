/** A model that a page offers. */
import type { Preprocess } from "../image/preprocess.ts";
import type { Scores } from "../engine/scores.ts";

/** A model as the gallery can load it. */
export interface ModelChoice {
  readonly id: string;
  /** Path or URL of its weights, where it needs any. */
  readonly weights?: string;
  /** Names of its classes. */
  readonly labels?: readonly string[];
  /** What its outputs are, declared otherwise. */
  readonly scores?: Scores;
  /** Parts of its preprocessing, declared otherwise. */
  readonly preprocess?: Partial<Preprocess>;
}
