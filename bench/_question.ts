/** What the benches are made of: questions, each answered by rows that are measured one by one. */

import type { BackendName } from "../engine/backends.ts";

/** One answer. `ours` and `peer` are of one run of the benches, so that their ratio means something. */
export interface Row {
  readonly question: string;
  /** What was measured, and against whom. */
  readonly case: string;
  readonly ours: number;
  readonly peer?: number;
  /** `ours / peer`. */
  readonly ratio?: number;
  readonly unit: string;
  readonly backend: BackendName;
  readonly threads: number;
}

/** A row as a question gives it: the runner knows the rest. */
export type Found =
  & Omit<Row, "question" | "ratio" | "backend" | "threads">
  & Partial<Pick<Row, "backend" | "threads">>;

/** How to measure. */
export interface Settings {
  readonly backend: BackendName;
  readonly threads: number;
  /** How often the sides take turns. */
  readonly repeats: number;
  /** Whether PyTorch is asked too. */
  readonly peer: boolean;
}

/** What one side measured, by name. */
export type Figures = Readonly<Record<string, number>>;

/** What is measured in a process of its own. */
export type Side = (argument: Readonly<Record<string, unknown>>, settings: Settings) => Promise<
  Figures
>;

/** A side, ready to be measured. */
export type Measure = () => Promise<Figures>;

/** What a question is asked with. */
export interface Bench extends Settings {
  /** One of the question's own sides, in a process of its own. */
  side(name: string, argument: unknown, settings?: Partial<Settings>): Measure;
  /** PyTorch at as many threads; undefined where it is not asked, or not there. */
  torch(request: Readonly<Record<string, unknown>>, threads?: number): Promise<Measure | undefined>;
  /**
   * Lets sides take turns: A B A B. Of each figure the median; what is undefined is left out.
   *
   * @param rounds default: as often as the settings say
   */
  inTurns<Name extends string>(
    sides: Readonly<Record<Name, Measure | undefined>>,
    rounds?: number,
  ): Promise<Partial<Record<Name, Figures>>>;
  /** Tells what is being done, on standard error. */
  note(sentence: string): void;
}

/** A question. */
export interface Question {
  /** In words. */
  readonly asks: string;
  readonly sides?: Readonly<Record<string, Side>>;
  rows(bench: Bench): AsyncGenerator<Found>;
}
