/** What a finished run is. */
import type { Backend } from "../engine/backends.ts";
import type { Picture, SourcePicture } from "../image/mod.ts";
import type { Model } from "./model.ts";
import type {
  AttributionResult,
  AttributionTechnique,
  Prediction,
  VisualizationResult,
  VisualizationTechnique,
} from "./technique.ts";

/** A kept intermediate picture. */
export interface Frame {
  /** The step after which it was taken, from 1. */
  readonly step: number;
  /** What the image looked like then. */
  readonly picture: Picture;
}

/** How a run shows itself; a notebook shows its figure, or its animation, and a console one line. */
export interface Shown {
  /** The result alone as a picture: an attribution's map in its colours, a visualization's image. */
  picture(): Promise<Picture>;
  /** The result with what it was made of, under a title. */
  figure(): Promise<Picture>;
}

/** What every finished run has. */
export interface Ran<Options = Readonly<Record<string, unknown>>> {
  /** Every option, defaults included. */
  readonly options: Options;
  /** What all that is random was made from. */
  readonly seed: number;
  /** The network that was asked. */
  readonly model: Model;
  /** The user's picture, as it was loaded. */
  readonly source?: Picture | SourcePicture;
  /** What computed. */
  readonly backend: Backend;
  /** When the first step began. */
  readonly startedAt: Date;
  /** How long it computed, in milliseconds; what others did between its steps is not in it. */
  readonly durationMs: number;
  /** What the user should know about it, in sentences; empty where there is nothing. */
  readonly diagnosis: readonly string[];
}

/** What was explained. */
export interface RunTarget extends Prediction {
  /** What `target` was, as text; absent where none was given, and for a mask without a file. */
  readonly expression?: string;
  /** Whether it is one whole class: of more, `index` is the first one's. */
  readonly plain: boolean;
}

/** A finished attribution. */
export interface AttributionRun<Options = Readonly<Record<string, unknown>>>
  extends Ran<Options>, Shown, Omit<AttributionResult, "diagnosis" | "overlay"> {
  /** What made it. */
  readonly technique: AttributionTechnique;
  /** Share of the map in the overlay, 0..1; the rest is the picture. */
  readonly strength: number;
  /** Paints the map over what the network saw. */
  overlay(): Promise<Picture>;
  /** What the network saw, not normalized. */
  readonly seen: Picture;
  /** What was explained. */
  readonly target: RunTarget;
  /** The five best classes, best first; of a place or a mask, where that is explained. */
  readonly predicted: readonly Prediction[];
}

/** A finished visualization. */
export interface VisualizationRun<Options = Readonly<Record<string, unknown>>>
  extends Ran<Options>, Shown, Omit<VisualizationResult, "diagnosis"> {
  /** What made it. */
  readonly technique: VisualizationTechnique;
  /** The intermediate pictures that the technique kept, in order. */
  readonly frames: readonly Frame[];
}

/** A finished run. */
export type Run = AttributionRun | VisualizationRun;
