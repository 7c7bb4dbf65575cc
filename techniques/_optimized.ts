/** Images that are optimized with priors: what the techniques on `visualize/` share. */
import { z } from "../deps/zod.ts";
import { channelsIn, type Size, unnormalize } from "../image/preprocess.ts";
import type { Progress, VisualizationContext, VisualizationResult } from "../run/technique.ts";
import {
  ascend,
  type ParsedObjective,
  parseParameterization,
  parseTransforms,
} from "../visualize/mod.ts";
import type { OptimizerOptions } from "../visualize/optimizer.ts";
import { montage } from "../visualize/montage.ts";

/** What the image is made of, and what is done to it before each look. */
export const priorOptions = (transforms: string) => ({
  parameterization: z.string().min(1).default("fourier").describe(
    "What the image is made of: fourier, fourier(decay=1.5), shared, pixels",
  ),
  transforms: z.string().min(1).default(transforms).describe(
    'What is done to it before each look: default, none, or a list, "pad(12), jitter(8), flip"',
  ),
});

/** As of the dreams, but further apart: there are more steps. */
export const saveEvery = z.int().min(1).max(100_000).default(64).describe(
  "Steps between two pictures that are kept",
);

/** Options that all of them have. */
export interface PriorOptions extends OptimizerOptions {
  readonly steps: number;
  readonly parameterization: string;
  readonly transforms: string;
  readonly saveEvery: number;
}

/**
 * Optimizes images from noise; several are one sheet.
 *
 * @param redirect For so many steps, silent ReLUs are woken.
 */
export async function* optimized(
  { model, options, random, signal }: VisualizationContext<PriorOptions>,
  objective: ParsedObjective,
  { batch = 1, height, width, redirect = 0 }: Size & { batch?: number; redirect?: number },
): AsyncGenerator<Progress, VisualizationResult> {
  const channels = channelsIn(model.preprocess.channelOrder) === 1 ? 1 : 3;
  const start = parseParameterization(options.parameterization);
  const change = parseTransforms(options.transforms);
  const { images, losses, diagnosis } = yield* ascend({
    ...options,
    model,
    objective,
    parameterized: start({ batch, height, width, channels }, random.fork("start")),
    change,
    redirect,
    show: (images) => unnormalize(montage(images), model.preprocess),
    random: random.fork("transforms"),
    signal,
  });
  const image = montage(images);
  return {
    image,
    final: unnormalize(image, model.preprocess),
    losses,
    diagnosis,
    uses: [...objective.uses, ...change.uses, ...start.uses],
  };
}
