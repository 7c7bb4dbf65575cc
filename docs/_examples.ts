/** What the documentation shows: which pictures, channels and options. */
import type { Technique } from "../run/technique.ts";

export const PICTURE = "examples/images/cat-4.png";
/** That everything is shown on, unless said otherwise. */
export const MODEL = "phosphene-resnet";

/** A channel that shows something recognizable, and a picture to dream from. */
export interface Channel {
  readonly model: string;
  readonly layer: string;
  readonly channel: number;
  /** What is to be seen. */
  readonly shows: string;
  readonly picture: string;
}

export const CHANNELS: readonly Channel[] = [
  {
    model: MODEL,
    layer: "layer4",
    channel: 16,
    shows: "rings",
    picture: "examples/images/butterfly-12.png",
  },
  {
    model: "phosphene-vgg",
    layer: "features.32",
    channel: 65,
    shows: "spirals",
    picture: "examples/images/fish-8.png",
  },
  {
    model: "phosphene-vgg",
    layer: "features.32",
    channel: 84,
    shows: "trees",
    picture: "examples/images/mushroom-21.png",
  },
  {
    model: "phosphene-vgg",
    layer: "features.32",
    channel: 11,
    shows: "eyes",
    picture: "examples/images/flower-30.png",
  },
];

/** Gentler than the techniques' own defaults: sixty steps of Adam show more than they burn. */
const DREAM = {
  size: "160x160",
  steps: 60,
  optimizer: "adam",
  learningRate: 0.04,
  weightDecay: 0,
};

/** Of options that would be nice, those that a technique has. */
export function fitting(
  technique: Technique,
  wanted: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name]) => name in technique.options.shape),
  );
}

/** Options that make a technique's picture, where its defaults would take long or show little. */
export const shownOptions = (technique: Technique): Record<string, unknown> =>
  fitting(technique, technique.kind === "visualization" ? DREAM : { masks: 500 });
