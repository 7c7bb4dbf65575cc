/** What the pages of a microscope know of it. */
import type { LayerEntry, MicroscopeData, PictureEntry } from "../../microscope/data.ts";
import { modelName } from "../../run/model_name.ts";

/** A layer as the pages of others show its channels. */
export interface LayerView extends LayerEntry {
  /** For each channel, whether there is an image of what it looks for. */
  readonly looks: readonly boolean[];
  /** Width and height of these images, where there are any. */
  readonly image?: MicroscopeData["input"];
}

/** A channel, and how much the score of a class grows with it. */
export interface Voice {
  readonly channel: number;
  readonly gradient: number;
}

/** What speaks for a class, and against it: the layer's slug → some channels, the strongest first. */
export interface ClassView {
  /** How many channels speak for it, in all. */
  readonly channels: number;
  readonly speakFor: ReadonlyMap<string, readonly Voice[]>;
  readonly speakAgainst: ReadonlyMap<string, readonly Voice[]>;
}

export interface MicroscopeView {
  readonly data: MicroscopeData;
  readonly pictures: readonly PictureEntry[];
  readonly layers: readonly LayerView[];
  /** By number; those that were asked for. */
  readonly classes: ReadonlyMap<number, ClassView>;
}

/** What its network is called. */
export const nameOf = ({ model }: MicroscopeData): string => modelName(model.id);

/** What a class is called, also one without a name. */
export const labelOf = ({ labels }: MicroscopeData, index: number): string =>
  labels[index] || `class ${index}`;
