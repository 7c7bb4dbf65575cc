/** Gradients with another rule at every ReLU. */
import type { z } from "../deps/zod.ts";
import { signedOptions } from "../core/options.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import { read } from "../engine/read.ts";
import type { Rules } from "../engine/rules.ts";
import { imageGradients } from "./_gradient.ts";
import { activationNotes } from "./_relu_rules.ts";
import { signedResult } from "./_shown.ts";

/** Makes the technique that goes back by `rules`. */
export const rectifiedGradient = (
  { rules, ...about }: Omit<AttributionTechnique, "kind" | "options" | "gradient" | "run"> & {
    rules: () => Rules;
  },
): AttributionTechnique<z.output<typeof signedOptions>, z.input<typeof signedOptions>> =>
  defineTechnique({
    ...about,
    kind: "attribution",
    options: signedOptions,
    gradient: { rules, colors: "diverging" },
    async *run({ model: { network }, image, options, target, signal }) {
      const gradient = await imageGradients(network, image.input, target, { rules }, signal);
      yield { step: 1, of: 1 };
      const diagnosis = activationNotes(network.graph, "this is");
      return signedResult(await read(gradient), options, { diagnosis });
    },
  });
