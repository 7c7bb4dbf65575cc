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

/** Ten steps in each of four sizes, as google/deepdream takes them: patterns large and small. */
const IN_OCTAVES = {
  steps: 10,
  octaves: 4,
  jitter: 16,
  normalize: true,
  clip: true,
  learningRate: 0.06,
  weightDecay: 0,
};

/** Options of techniques whose defaults would take long or show little. */
const GENTLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "rise": { masks: 500 },
  "deepdream": IN_OCTAVES,
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

/** One of a visualization's pictures, and how it is made. */
export interface Shown {
  /** Above it; the technique's, where it has none of its own. */
  readonly title?: string;
  readonly model: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** That it starts from. */
  readonly picture?: string;
  /** What is to be seen, for a page. */
  readonly shows: string;
  /** Two lines below it. */
  readonly caption: string;
}

const CLASSES = [["phosphene-resnet", "cat"], ["phosphene-resnet", "stripes"], [
  "phosphene-vgg",
  "cat",
], ["phosphene-vgg", "leaf"]] as const;
const LAYERS = ["layer1", "layer2", "layer3", "layer4"];
const PICTURES = ["cat-4", "butterfly-12", "fish-8", "mushroom-21"];

/** Classes on the README's first picture, above channels. */
export const FEATURED: readonly Shown[] = ["star", "tree", "flower", "honeycomb"].map((name) => ({
  title: name,
  model: "phosphene-vgg",
  options: { objective: `logit(${name})`, size: "96x96", steps: 256 },
  shows: `${name} (\`phosphene-vgg\`)`,
  caption: `class ${name}\nphosphene-vgg`,
}));

/** What is shown of those that look at no channel. */
const OTHERS: Readonly<Record<string, () => Shown[]>> = {
  "class-viz": () =>
    CLASSES.map(([model, name]) => ({
      model,
      options: { class: name, size: "96x96" },
      shows: `${name} (\`${model}\`)`,
      caption: `${name}\n${model}`,
    })),
  "feature-inversion": () =>
    LAYERS.map((layer) => ({
      model: MODEL,
      picture: PICTURE,
      options: { layer },
      shows: `from \`${layer}\``,
      caption: `from ${layer}\n${MODEL}`,
    })),
  "caricature": () =>
    PICTURES.map((name) => ({
      model: MODEL,
      picture: `examples/images/${name}.png`,
      options: { layer: "layer3" },
      shows: `${name} by \`layer3\` of \`${MODEL}\``,
      caption: `${name}\n${MODEL} layer3`,
    })),
};

/** What the documentation shows of a visualization. */
export const shownOf = (technique: Technique): readonly Shown[] =>
  OTHERS[technique.id]?.() ?? CHANNELS.map((shown) => {
    const { model, layer, channel, shows, picture } = shown;
    return {
      model,
      ...(technique.kind === "visualization" && technique.picture === "required"
        ? { picture }
        : {}),
      options: shownOptions(technique, shown),
      shows: `${shows} (channel ${channel} of \`${layer}\`, \`${model}\`)`,
      caption: `${shows}, channel ${channel}\n${model} ${layer}`,
    };
  });
