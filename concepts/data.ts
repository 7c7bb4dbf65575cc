/** What a test of concepts is asked, and what it finds. */
import type { UserError } from "../core/errors.ts";
import type { Values } from "../core/values.ts";
import type { Picture } from "../image/mod.ts";
import type { Model } from "../run/model.ts";

/** A picture, or the file that it is read from when it is its turn. */
export type PictureSource = Picture | string | URL;

/** What people see in some pictures: striped, at night, with a wheel. */
export interface Concept {
  /** What it is called; each has a name of its own. */
  readonly name: string;
  /** Pictures that show it; 20 and more, as different as can be in all else. */
  readonly pictures: readonly PictureSource[];
}

/** A class, and pictures of it. */
export interface ConceptClass {
  /** By number or name. */
  readonly class: number | string;
  /** Pictures whose score is asked for. */
  readonly pictures: readonly PictureSource[];
}

/** How concepts are tested. */
export interface ConceptOptions {
  /** Classifiers of each concept, each against other random pictures. Default 20. */
  readonly runs: number;
  /**
   * Pictures of the concept, and as many random ones, that a classifier is given, at most; a third of
   * them are held out. Default 50.
   */
  readonly size: number;
  /**
   * Sets drawn by chance that each concept is held against. Default: 499, or as many as it takes to tell
   * one of several tests from chance.
   */
  readonly permutations?: number;
  /** How often what is nothing may be taken for something, over all tests together. Default 0.05. */
  readonly level: number;
  /**
   * Whether channels are averaged over the places first, so that it does not matter where in a picture
   * a concept is. Default false, as in the paper.
   */
  readonly pool: boolean;
  /** Of everything that is drawn. Default 0. */
  readonly seed: number;
}

/** What is asked of a network. */
export interface ConceptRequest {
  /** The network. */
  readonly model: Model;
  /** Layer in which the concepts are looked for, or several. Default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** What is looked for. */
  readonly concepts: readonly Concept[];
  /** Pictures of anything, like those of the concepts in all else: what these are told from. */
  readonly random: readonly PictureSource[];
  /** The classes whose scores may depend on the concepts. */
  readonly classes: readonly ConceptClass[];
  /** How it is tested. */
  readonly options?: Partial<ConceptOptions>;
  /** Stops it. */
  readonly signal?: AbortSignal;
  /** Told what is being done, and how far it has come. */
  onProgress?(what: string, step: number, of: number): void;
  /**
   * Told of a picture that cannot be read, which is left out. Default: the error is thrown.
   */
  onUnreadable?(error: UserError): void;
}

/** What a concept is to a class, in a layer. */
export interface ConceptScore {
  /** Where the concept was looked for. */
  readonly layer: string;
  /** Its name. */
  readonly concept: string;
  /** Whose score it is. */
  readonly class: { readonly index: number; readonly label: string };
  /**
   * TCAV's score: the share of the class's pictures whose score rises where their activation is moved
   * towards the concept, the mean over the runs.
   */
  readonly score: number;
  /** The score of each run. */
  readonly scores: readonly number[];
  /** The mean cosine between the pictures' gradients and the concept's direction, −1..1. */
  readonly sensitivity: number;
  /** Scores of sets drawn by chance: their mean, and between what 95 % of them lie. */
  readonly chance: { readonly mean: number; readonly low: number; readonly high: number };
  /** How often a set drawn by chance stands out as much, to either side. */
  readonly p: number;
  /** The same for the smallest of all tests (Bonferroni). */
  readonly corrected: number;
  /** Whether that is at most the level. */
  readonly significant: boolean;
  /** What the user should know, in sentences. */
  readonly diagnosis: readonly string[];
}

/** How a layer tells a concept from random pictures. */
export interface ConceptDirection {
  /** Where the concept was looked for. */
  readonly layer: string;
  /** Its name. */
  readonly concept: string;
  /** Share of held-out pictures that the classifiers take for what they are, the mean over the runs. */
  readonly accuracy: number;
  /** How often the classifiers of a set drawn by chance do as well. */
  readonly p: number;
  /** The same for the smallest of all layers and concepts (Bonferroni). */
  readonly corrected: number;
  /**
   * The concept activation vector, of length 1 and shaped as the layer (`[channels]` where it is
   * pooled): the mean of the runs' directions.
   */
  readonly vector: Values;
}

/** What was found. */
export interface ConceptReport {
  /** One for each layer, concept and class. */
  readonly scores: readonly ConceptScore[];
  /** One for each layer and concept. */
  readonly directions: readonly ConceptDirection[];
  /** How many pictures could be read. */
  readonly pictures: {
    /** Of each concept; `size` of them at a time, and as many random ones, train and try a classifier. */
    readonly concepts: readonly { name: string; pictures: number; size: number }[];
    readonly random: number;
    /** Of each class. */
    readonly classes: readonly { index: number; label: string; pictures: number }[];
  };
  /** How many scores were tested together. */
  readonly tests: number;
  /** How it was tested. */
  readonly options: Required<ConceptOptions>;
  /** What the user should know of all of it, in sentences. */
  readonly diagnosis: readonly string[];
}
