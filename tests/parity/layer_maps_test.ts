/** Maps of layers against what torch-cam and Captum make of the same networks and pictures. */
import { type Random, random } from "../../core/random.ts";
import { sizeOf, values } from "../../core/values.ts";
import { attributionOptions, defineTechnique } from "../../kit.ts";
import {
  attribute,
  loadImage,
  loadModel,
  type Model,
  type Picture,
  useBackend,
} from "../../mod.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import { near } from "../_support/tensors.ts";
import { tangled } from "../techniques/_slow.ts";
import { layerMaps } from "./_peers_layer_maps.ts";

/** What the peers' figures were made with in place of noise: sin(0), sin(1), … times the deviation. */
function sines(): Random {
  let count = 0;
  return {
    ...random(0),
    normalValues(shape, _mean, deviation = 1) {
      const drawn = Array.from({ length: sizeOf(shape) }, () => deviation * Math.sin(count++));
      return values(Float32Array.from(drawn), shape);
    },
    fork: sines,
  };
}

const OF = {
  tangled: () => Promise.resolve({ ...tangled(), target: 2 }),
  async resnet20() {
    const weights = shared.path("models/resnet20-12fca82f.th");
    const model = await loadModel("resnet20-cifar", { weights });
    return { model, image: await loadImage(shared.path("images/car.png")), target: 1 };
  },
};

async function compare(
  { model, image, target }: { model: Model; image: Picture; target: number },
  [network, layer, id, options, map]: (typeof layerMaps)[number],
): Promise<void> {
  const withSines = defineTechnique({
    id: "with-sines",
    title: "Another, its noise not drawn",
    kind: "attribution",
    summary: "None",
    caution: "None",
    paper: { citation: "None", url: "https://example.org", equation: "None" },
    options: attributionOptions,
    async *run({ attribute }) {
      yield { step: 1, of: 1 };
      return await attribute(id, { options: { ...options, layer }, random: sines() });
    },
  });
  const { attribution } = await attribute(withSines, { model, image, target });
  near(attribution, map, 1e-4, `${id} of ${JSON.stringify(options)} at ${layer} of ${network}`);
}

for (const network of ["tangled", "resnet20"] as const) {
  const missing = network === "resnet20" && !hasShared;
  Deno.test({
    name: `maps of layers of ${network} are torch-cam's and Captum's${missing ? absence : ""}`,
    ignore: missing,
    async fn() {
      await useBackend("wasm");
      const made = await OF[network]();
      for (const expected of layerMaps) {
        if (expected[0] === network) await compare(made, expected);
      }
      made.model.network.dispose();
    },
  });
}
