/**
 * Maps that know nothing of the network: what a technique that explains it must beat. They stand beside
 * the techniques where these are compared, and are none themselves.
 */
import { z } from "../deps/zod.ts";
import { type Values, values } from "../core/values.ts";
import { Registry } from "../core/registry.ts";
import type { Picture } from "../image/mod.ts";
import { unsignedMap } from "../run/maps.ts";
import {
  type AttributionContext,
  type AttributionTechnique,
  defineTechnique,
} from "../run/technique.ts";

/** Sobel's weights across; down they are the same, turned. */
const SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]] as const;

/** A number that follows from a picture's colours (FNV-1a, 32 bits), so that each has noise of its own. */
const printOf = ({ data }: Picture): number =>
  data.reduce((hash, level) => Math.imul(hash ^ level, 0x01000193), 0x811c9dc5) >>> 0;

/** Brightness of a pixel (ITU-R BT.601), the last one's beyond the border. */
function brightness({ width, height, data }: Picture, x: number, y: number): number {
  const at = 3 *
    (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)));
  return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
}

/** How steep the brightness is at each pixel. */
function edgesOf(picture: Picture): Values {
  const { width, height } = picture;
  const steepness = Float32Array.from({ length: width * height }, (_, at) => {
    const x = at % width, y = Math.floor(at / width);
    let across = 0, down = 0;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const level = brightness(picture, x + j - 1, y + i - 1);
        across += SOBEL[i][j] * level;
        down += SOBEL[j][i] * level;
      }
    }
    return Math.hypot(across, down);
  });
  return values(steepness, [height, width]);
}

/** Of the middle, as a share of the picture's sides: what a bet on the middle would be. */
const DEVIATION = 0.25;

function middleOf({ width, height }: Picture): Values {
  const bell = (at: number, size: number) =>
    Math.exp(-((((at + 0.5) / size - 0.5) / DEVIATION) ** 2) / 2);
  return values(
    Float32Array.from(
      { length: width * height },
      (_, at) => bell(at % width, width) * bell(Math.floor(at / width), height),
    ),
    [height, width],
  );
}

type Context = AttributionContext<Record<never, never>>;

const blind = (
  about: Pick<AttributionTechnique, "id" | "title" | "summary" | "paper">,
  map: (context: Context) => Values,
): AttributionTechnique =>
  defineTechnique({
    ...about,
    kind: "attribution",
    caution: "It knows nothing of the network: it is here to be beaten.",
    options: z.object({}),
    async *run(context) {
      const attribution = map(context);
      yield { step: 1, of: 1 };
      return { attribution, ...unsignedMap(attribution), colors: "gray" as const, overlay: 0.85 };
    },
  });

const ADEBAYO = {
  citation: "Adebayo et al. 2018, Sanity Checks for Saliency Maps",
  url: "https://arxiv.org/abs/1810.03292",
};

/** By id: noise, the picture's edges, and its middle. */
export const baselines: Registry<AttributionTechnique> = new Registry<AttributionTechnique>(
  "baseline",
  [
    blind(
      {
        id: "random",
        title: "Noise",
        summary: "A number drawn at random for each pixel of each picture",
        paper: { ...ADEBAYO, equation: "aᵢ ~ U(0, 1)" },
      },
      ({ image: { picture }, random }) =>
        random.fork(`${printOf(picture)}`).uniformValues([picture.height, picture.width], 0, 1),
    ),
    blind({
      id: "edges",
      title: "Edge detector",
      summary: "How steep the brightness is at each pixel, by Sobel's weights",
      paper: { ...ADEBAYO, equation: "a = √((S∗x)² + (Sᵀ∗x)²)" },
    }, ({ image: { picture } }) => edgesOf(picture)),
    blind({
      id: "middle",
      title: "The middle",
      summary: "A bell over the middle of the picture",
      paper: {
        citation: "Tatler 2007, The central fixation bias in scene viewing",
        url: "https://doi.org/10.1167/7.14.4",
        equation: "a = exp(−(d/σ)²/2), d the distance from the middle, σ a quarter of the side",
      },
    }, ({ image: { picture } }) => middleOf(picture)),
  ],
);
