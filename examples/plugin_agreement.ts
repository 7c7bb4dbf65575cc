/**
 * A technique that runs two others and shows where they agree:
 *
 *     deno task phosphene agreement cat.png --plugin examples/plugin_agreement.ts
 */
import {
  attributionOptions,
  definePlugin,
  defineTechnique,
  option,
  unsignedMap,
  UserError,
  values,
  withRole,
  z,
} from "../kit.ts";

const ID = "agreement";

/** The role says that this is a technique's id: forms suggest ids for it, help says where they are listed. */
const techniqueId = (fallback: string) => withRole("technique", z.string().default(fallback));

const agreement = defineTechnique({
  id: ID,
  title: "Agreement",
  kind: "attribution",
  summary: "Where two attributions agree, by the product of their maps",
  caution: "Two techniques that share a fault agree on it.",
  paper: {
    citation: "As Guided Grad-CAM multiplies two techniques: Selvaraju et al. 2017, Grad-CAM",
    url: "https://arxiv.org/abs/1610.02391",
    equation: "M = M₁ ⊙ M₂",
  },
  options: attributionOptions.extend({
    first: techniqueId("grad-cam").describe("One attribution"),
    second: techniqueId("saliency").describe("The other attribution"),
  }),
  async *run({ image, options, attribute }) {
    const maps: Float32Array[] = [];
    for (const name of ["first", "second"] as const) {
      const id = options[name];
      const refuse = (reason: string) =>
        new UserError(`${option(name)} cannot be ${id}: ${reason}.`, {
          code: "bad-option",
          option: name,
        });
      if (id === ID) throw refuse("it would run itself");
      const { map, colors } = await attribute(id);
      if (colors === "diverging") throw refuse("its map is signed, with zero in the middle");
      maps.push(map);
      yield { step: maps.length, of: 2 };
    }
    const [, height, width] = image.input.shape;
    const product = values(maps[0].map((v, i) => v * maps[1][i]), [height, width]);
    return {
      attribution: product,
      ...unsignedMap(product),
      colors: "perceptual",
      overlay: options.overlay,
    };
  },
});

export default definePlugin({ techniques: [agreement] });
