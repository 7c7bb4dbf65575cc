import { signedOptions } from "../core/options.ts";
import {
  type AttributionTechnique,
  defineTechnique,
  type ImageGradient,
} from "../run/technique.ts";
import type { InputXGradientOptions } from "./options.ts";
import { read } from "../engine/read.ts";
import { imageGradients } from "./_gradient.ts";
import { signedResult } from "./_shown.ts";

const gradient: ImageGradient = { timesInput: true, colors: "diverging" };

/**
 * Input × gradient: to first order, how much each pixel's value adds to the class's logit. The
 * attribution is signed, `[height, width, channels]`, in the network's normalized space.
 */
export const inputXGradient: AttributionTechnique<InputXGradientOptions> = defineTechnique({
  id: "input-x-gradient",
  title: "Input × gradient",
  kind: "attribution",
  summary: "What each pixel adds to the class's score, to first order",
  caution:
    "A pixel of the training pictures' mean colour is zero to the network and gets nothing, " +
    "however much it matters; the noise of the gradient stays.",
  paper: {
    citation: "Shrikumar, Greenside, Shcherbina, Kundaje 2016, Not Just a Black Box",
    url: "https://arxiv.org/abs/1605.01713",
    equation: "R = x ⊙ ∂S_c/∂x",
  },
  options: signedOptions,
  gradient,
  async *run({ model, image, options, target, signal }) {
    const product = await imageGradients(model.network, image.input, target, gradient, signal);
    yield { step: 1, of: 1 };
    return signedResult(await read(product), options);
  },
});
