/** What an explanation is asked with and answered by, between the page, the server and its helper. */
import type { Box } from "../image/preprocess.ts";
import type { Beginning } from "../jobs/begin.ts";
import type { ModelChoice } from "./model_choice.ts";
import type { Upload } from "./uploads.ts";

/** What is looked at. */
export interface Subject {
  readonly picture: Upload;
  readonly model: ModelChoice;
}

/** A class of a network, as it answers. */
export interface AnswerClass {
  readonly index: number;
  readonly label: string;
  readonly logit: number;
  /** 0..1; absent where scores have none. */
  readonly probability?: number;
}

/** What a network says of a picture. */
export interface Answers {
  readonly type: "answers";
  /** Size of the picture. */
  readonly width: number;
  readonly height: number;
  /** What of it the network sees, in its pixels; it may reach beyond the picture. */
  readonly part: Box;
  /** What the network sees, red, green and blue of each pixel. */
  readonly seen: { readonly width: number; readonly height: number; readonly rgb: Uint8Array };
  /** The best, best first. */
  readonly classes: readonly AnswerClass[];
}

/** One technique's map. */
export interface MapAnswer {
  readonly type: "map";
  readonly technique: string;
  readonly width: number;
  readonly height: number;
  /** 0..1, row by row; NaN where it is not finite. */
  readonly map: Float32Array;
  /** Raw values where the map is 0 and 1, where it has such. */
  readonly low?: number;
  readonly high?: number;
  readonly colors: string;
  readonly diverging: boolean;
  /** Share of the map in the overlay, 0..1. */
  readonly strength: number;
  /** What was explained. */
  readonly target: AnswerClass;
  readonly diagnosis: readonly string[];
  readonly ms: number;
}

/** What is heard while techniques explain. */
export type MapNews =
  | MapAnswer
  /** It takes so many steps, and waits until it is asked for by itself. */
  | { readonly type: "slow"; readonly technique: string; readonly steps: number }
  | {
    readonly type: "progress";
    readonly technique: string;
    readonly step: number;
    readonly of: number;
  }
  | { readonly type: "fault"; readonly technique: string; readonly message: string };

/** What can be asked. */
export type Question =
  | { readonly kind: "answers"; readonly subject: Subject }
  | {
    readonly kind: "maps" | "keep";
    readonly subject: Subject;
    /** Number of the class; the predicted one where there is none. */
    readonly class?: number;
    readonly techniques: readonly string[];
    /** Whether those that take many steps are made too. */
    readonly patient: boolean;
  }
  | {
    readonly kind: "overlay";
    readonly subject: Subject;
    readonly class?: number;
    readonly technique: string;
  }
  | { readonly kind: "classes"; readonly model: ModelChoice }
  | { readonly kind: "weights"; readonly model: ModelChoice }
  | { readonly kind: "layer"; readonly subject: Subject; readonly layer: string }
  | {
    readonly kind: "channel";
    readonly subject: Subject;
    readonly layer: string;
    readonly channel: number;
    /** Whether all channels of the layer are drawn on one scale. */
    readonly common: boolean;
  };

/** What a layer makes of a picture. */
export interface LayerAnswer {
  readonly type: "layer";
  /** `[height, width, channels]`, or `[units]`. */
  readonly shape: readonly number[];
  /** Of each channel: the mean and the largest of its numbers. */
  readonly means: readonly number[];
  readonly largest: readonly number[];
}

/** What is heard of a question. */
export type ExplainNews =
  | Answers
  | LayerAnswer
  | MapNews
  /** The names of all classes of a network, in its order. */
  | { readonly type: "classes"; readonly names: readonly string[] }
  /** Of a network's weights. */
  | { readonly type: "weights"; readonly sha256: string }
  | { readonly type: "kept"; readonly technique: string; readonly run: string }
  | { readonly type: "picture"; readonly png: Uint8Array };

/** What the helper is told. */
export type ExplainOrder =
  | { readonly type: "start"; readonly out: string } & Beginning
  | { readonly type: "prepare"; readonly model: ModelChoice }
  | { readonly type: "ask"; readonly ask: number; readonly question: Question }
  | { readonly type: "stop"; readonly ask: number }
  | { readonly type: "close" };

/** What it tells. */
export type Told =
  | { readonly type: "news"; readonly ask: number; readonly news: ExplainNews }
  | { readonly type: "end"; readonly ask: number }
  | {
    readonly type: "failed";
    readonly ask: number;
    readonly message: string;
    /** Where it broke, if the fault is ours. */
    readonly stack?: string;
  };
