/**
 * A technique of your own, in one file:
 *
 *     deno task phosphene gradient-sign cat.png --plugin examples/plugin_technique.ts
 */
import { attributionOptions, definePlugin, defineTechnique, values, z } from "../kit.ts";

const gradientSign = defineTechnique({
  id: "gradient-sign",
  title: "Sign of the gradient",
  kind: "attribution",
  summary: "Which way each pixel would have to change to raise the class's score",
  caution: "It says nothing of how much a pixel matters: the faintest gradient has a sign too.",
  paper: {
    citation: "Goodfellow, Shlens, Szegedy 2014, Explaining and Harnessing Adversarial Examples",
    url: "https://arxiv.org/abs/1412.6572",
    equation: "M = (1 + sign(Σₖ ∂S_c/∂xₖ)) / 2",
  },
  options: attributionOptions.extend({
    threshold: z.number().min(0).default(0)
      .describe("Gradients no larger than this count as zero"),
  }),
  async *run({ model, image, target, options, signal }) {
    const { gradients } = await model.network.gradient(image.input, target.objective, {
      signal,
    });
    const [, height, width, channels] = image.input.shape;
    const gradient = await gradients.input.data<"float32">();
    yield { step: 1, of: 1 };

    const map = new Float32Array(height * width);
    for (let pixel = 0; pixel < map.length; pixel++) {
      const here = gradient.subarray(channels * pixel, channels * (pixel + 1));
      const sum = here.reduce((a, b) => a + b);
      map[pixel] = (1 + (Math.abs(sum) > options.threshold ? Math.sign(sum) : 0)) / 2;
    }
    return {
      attribution: values(Float32Array.from(gradient), [height, width, channels]),
      map: values(map, [height, width]),
      colors: "diverging",
      scale: { low: -1, high: 1 },
      overlay: 0.5,
    };
  },
});

export default definePlugin({ techniques: [gradientSign] });
