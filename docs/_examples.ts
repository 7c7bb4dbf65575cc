/** What the documentation shows: which pictures, channels and options. */
import { optionsByRole } from "../core/options.ts";
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
const DREAM = { steps: 60, optimizer: "adam", learningRate: 0.04, weightDecay: 0 };

/** Options of techniques whose defaults would take long or show little. */
const GENTLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "rise": { masks: 500 },
  "deepdream": DREAM,
  "filter-viz": DREAM,
  "feature-viz": { steps: 256, size: "128x128" },
};

/** Options that make a technique's picture, of a channel where it looks at one. */
export const shownOptions = (
  { id, kind, options }: Technique,
  { layer, channel }: Partial<Channel> = {},
): Record<string, unknown> => {
  const size = kind === "visualization" ? "160x160" : undefined;
  return { ...optionsByRole(options, { layer, channel, size }), ...GENTLE[id] };
};
