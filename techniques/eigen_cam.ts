import type { AttributionTechnique } from "../run/technique.ts";
import type { EigenCamOptions } from "./options.ts";
import { type Values, values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { cam, camOptions, type MapMaker } from "./_cam.ts";
import { firstComponent } from "./_principal.ts";

/** The component's sign is free: the one that agrees with where the layer is active. */
async function eigenMap(activation: Values, signal?: AbortSignal): Promise<Values> {
  const [height, width, channels] = activation.shape;
  const { projection } = await firstComponent(activation, signal);
  const active = new Float64Array(projection.length);
  activation.forEach((v, i) => active[Math.floor(i / channels)] += v);
  // the projection's mean is zero, so this has the correlation's sign
  const agreement = projection.reduce((sum, v, i) => sum + v * active[i], 0);
  const sign = agreement < 0 ? -1 : 1;
  return values(Float32Array.from(projection, (v) => sign * v), [height, width]);
}

const maps: MapMaker<unknown> = async function* ({ model, image, signal }, layers) {
  const taps = layers.map(({ name }) => name);
  const pass = await model.network.forward(image.input, { taps, signal });
  const maps: Values[] = [];
  for (const name of taps) {
    maps.push(await eigenMap(await read(pass.value(name)), signal));
    yield { step: maps.length, of: taps.length };
  }
  pass.dispose();
  return { maps };
};

/**
 * Eigen-CAM: a layer's activations, projected on their first principal component (over places,
 * centred), whatever the class. The attribution is the signed projection, `[h, w]`; the map shows
 * its positive part. The sign is the one that correlates with the mean activation.
 */
export const eigenCam: AttributionTechnique<EigenCamOptions> = cam({
  id: "eigen-cam",
  title: "Eigen-CAM",
  summary: "What stands out most to a layer, whatever the class",
  caution:
    "It knows nothing of the class: every class gets the same map, and where a picture shows " +
    "two things, the map shows the one that stands out.",
  paper: {
    citation: "Muhammad, Yeasin 2020, Eigen-CAM",
    url: "https://arxiv.org/abs/2008.00299",
    equation: "M = (A − mean A)·v₁, A: places × channels, v₁ its first right singular vector",
  },
  options: camOptions,
  maps,
  keepsSign: true,
});
