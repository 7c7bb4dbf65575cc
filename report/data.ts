/** What a report says: data first, pages second. */
import type { Interval } from "../core/bootstrap.ts";
import type { AssessTold } from "../jobs/kinds/assess.ts";

/** A picture with what was found of it. */
export interface Assessed extends AssessTold {
  readonly name: string;
  /** Its class, where that is known. */
  readonly class?: string;
  /** What the network saw, and the map over it: paths from the report's folder. */
  readonly seen: string;
  readonly overlay: string;
}

/** Pictures of one class that the network takes for another. */
export interface Confusion {
  readonly class: string;
  readonly answer: string;
  readonly count: number;
}

/** A part of the picture, in squares of the grid; ends are not in it. */
export interface Place {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
  /** In words: `the top left corner`. */
  readonly name: string;
}

/** What happened when a place was changed. */
export interface Trial {
  /** Pictures that were changed. */
  readonly count: number;
  /** The share of them whose answer changed, or became the class. */
  readonly share: Interval;
  /** The same with a place that is not suspected: what any change of this size does. */
  readonly control: Interval;
}

/** A class, and a place that is suspected of giving it away. */
export interface Suspicion {
  readonly class: string;
  readonly place: Place;
  /** How many pictures the network takes for the class. */
  readonly pictures: number;
  /** The mean share of their evidence that lies there. */
  readonly evidence: number;
  /** The place's share of the picture. */
  readonly area: number;
  /** The mean share of the evidence for other classes there. */
  readonly elsewhere: number;
}

/**
 * What a place is covered by: `mean`, what pictures of other classes have there on the mean; `around`, what
 * lies around it in the picture itself, blurred.
 */
export type Cover = "mean" | "around";

/** A picture as the network was shown it in a trial, and its best answer. */
export interface Shot {
  /**
   * What was done to it: nothing, the place covered, the place put onto it; `opposite`, the same with the
   * place opposite; `donor` is the picture that the place is from.
   */
  readonly how: "unchanged" | Cover | "pasted" | "opposite" | "donor";
  /** The picture's name. */
  readonly name: string;
  /** Path of what the network saw, from the report's folder. */
  readonly seen: string;
  readonly answer: string;
  readonly probability?: number;
}

/** A suspicion that was tried. */
export interface Shortcut extends Suspicion {
  /** The place covered in pictures of the class, in each of the ways: how many answers change. */
  readonly covered: Readonly<Record<Cover, Trial>>;
  /** What is there put onto pictures of other classes: how many become the class. */
  readonly pasted: Trial;
  /**
   * Whether covering, in both ways, or putting it elsewhere is beyond what any change of this size does:
   * what one way of covering does alone may be the cover's doing.
   */
  readonly proven: boolean;
  /** Those on which most followed from it, each as a row of what was shown. */
  readonly examples: readonly (readonly Shot[])[];
}

/** Channels of a layer that rectifies which say nothing of pictures, or less than they could. */
export interface Channels {
  readonly layer: string;
  readonly channels: number;
  /** Those that are not above zero on any picture. */
  readonly dead: readonly number[];
  /**
   * Those above zero that are all but the same at every place of every picture: the mean of each is within
   * a thousandth of the greatest value, and none is further from it than a quarter.
   */
  readonly constant: readonly number[];
  /** The others that are above zero at every place of every picture: rectifying does nothing there. */
  readonly always: readonly number[];
}

/** How far pictures are, at a batch-norm layer, from those of which it keeps statistics: its training's. */
export interface Drift {
  readonly layer: string;
  /** By how many deviations of its training the mean of a channel is off: the channels' median. */
  readonly shift: number;
  /** How many times its deviation in training that of a channel is: the channels' median; 1 fits. */
  readonly spread: number;
}

/** What is found of pictures when they are prepared in one way. */
export interface Prepared {
  /** In words: `colours in the order blue, green, red`. */
  readonly how: string;
  /** The share of pictures that are named right; absent where too few classes are known. */
  readonly accuracy?: Interval;
  /** The mean probability of the best answer; absent where the network gives none. */
  readonly confidence?: number;
  /** At the first batch-norm layers; of a network that has none, nothing. */
  readonly drift: readonly Drift[];
}

/** Pictures that are said to be of a class which the network does not have: they are not judged. */
export interface Stranger {
  readonly class: string;
  readonly count: number;
}

/** All of it. */
export interface Report {
  readonly model: string;
  readonly classes: readonly string[];
  readonly technique: string;
  readonly pictures: readonly Assessed[];
  /** Pictures that could not be looked at, and why. */
  readonly bad: readonly { readonly name: string; readonly reason: string }[];
  /** The most frequent first. */
  readonly strangers: readonly Stranger[];
  /** Of the pictures whose class is known. */
  readonly accuracy?: Interval & { readonly count: number };
  readonly confusions: readonly Confusion[];
  /** Some mistakes, the most confident first, by their place among the pictures. */
  readonly mistakes: readonly number[];
  /** How many of the pictures with masks are named right with their evidence beside the thing. */
  readonly beside: number;
  /** Some of them, the furthest first, likewise. */
  readonly wrongReasons: readonly number[];
  readonly shortcuts: readonly Shortcut[];
  /** None where there are too few pictures. */
  readonly channels: readonly Channels[];
  /** How many layers that rectify come before those, and were not looked into. */
  readonly skipped: number;
  /** As the model says first; then the alternatives that were tried. */
  readonly prepared: readonly Prepared[];
}
