/** What `phosphene new technique` writes. */
export const technique = (id: string, title: string, kit: string): string =>
  `/** ${title}: an attribution. \`deno task try PICTURE\` runs it. */
import { attributionOptions, definePlugin, defineTechnique, read, unsignedMap, values, z } from "${kit}";

const technique = defineTechnique({
  id: "${id}",
  title: "${title}",
  kind: "attribution",
  summary: "Which pixels change the class's score, each by the length of its gradient",
  caution: "Gradients are noisy: say here when your technique should not be trusted.",
  paper: {
    citation: "Simonyan, Vedaldi, Zisserman 2013, Deep Inside Convolutional Networks",
    url: "https://arxiv.org/abs/1312.6034",
    equation: "M = ‖∂S_c/∂x‖ᵖ",
  },
  options: attributionOptions.extend({
    power: z.number().min(0.1).max(4).default(1).describe("Power of the length: more is sparser"),
  }),
  async *run({ model, image, target, options, signal }) {
    const { gradients } = await model.network.gradient(image.input, target.objective, { signal });
    const gradient = await read(gradients.input), [height, width, channels] = gradient.shape;
    yield { step: 1, of: 1 };
    const length = (at: number) => Math.hypot(...gradient.slice(at, at + channels));
    const map = Float32Array.from(
      { length: height * width },
      (_, pixel) => length(pixel * channels) ** options.power,
    );
    return {
      attribution: gradient,
      ...unsignedMap(values(map, [height, width])),
      colors: "perceptual",
      overlay: options.overlay,
    };
  },
});

export default definePlugin({ techniques: [technique] });
`;
