/** Real networks on real pictures against PyTorch, through the public interface. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import {
  attribute,
  channelMean,
  loadImage,
  loadModel,
  logit,
  type Model,
  preprocess,
  scaled,
  useBackend,
  type Values,
  values,
  visualize,
} from "../../mod.ts";
import { type BackendName, BACKENDS } from "../../engine/backends.ts";
import { forEachBackend } from "../_support/backends.ts";
import { absence, hasShared, own, type Reference, shared } from "../_support/reference.ts";
import { asBatch, channelsLast, eachNear, near, take } from "../_support/tensors.ts";

interface Dream {
  readonly layer: string;
  readonly channel: number;
  readonly steps: number;
  readonly losses: readonly number[];
}

interface Expected {
  readonly predicted: number;
  readonly target: number;
  readonly dream: Dream;
  readonly dream_deep: Dream;
  readonly filter: Dream;
}

interface Case {
  readonly name: string;
  readonly from: Reference;
  readonly picture: string;
  load(): Promise<Model>;
}

/** The pictures have this size already. */
const asItIs = { preprocess: { resize: null, crop: null } };

const OWN: readonly Case[] = [
  {
    name: "phosphene-resnet-cat",
    from: own,
    picture: "images/cat.png",
    load: () => loadModel("phosphene-resnet", asItIs),
  },
  {
    name: "phosphene-vgg-fish",
    from: own,
    picture: "images/fish.png",
    load: () => loadModel("phosphene-vgg", asItIs),
  },
  {
    name: "keras-star",
    from: own,
    picture: "images/star.png",
    load: () => loadModel(own.path("models/keras/model.json")),
  },
];

const SHARED: readonly Case[] = [
  {
    name: "resnet20-car",
    from: shared,
    picture: "images/car.png",
    load: () =>
      loadModel("resnet20-cifar", { weights: shared.path("models/resnet20-12fca82f.th") }),
  },
  {
    name: "tinyvgg-koala",
    from: shared,
    picture: "images/koala.png",
    load: () => loadModel(shared.path("models/tinyvgg/model.json")),
  },
];

/** A software GPU takes seconds for what wasm does in a blink: there only the longest run. */
const stepsOf = (backend: BackendName, steps: readonly number[]) =>
  backend === "wasm" ? steps : steps.slice(-1);

for (const { name, from, picture, load } of [...OWN, ...(hasShared ? SHARED : [])]) {
  const tensors = from.tensors(`expected/${name}.safetensors`);
  const expected = from.json<Expected>(`expected/${name}.json`);
  const last = (key: string) => channelsLast(tensors.get(key)!);
  const image = await loadImage(from.path(picture));
  // on a software GPU the larger networks' dreams stand for the own ones', where they are there
  const dreamed = BACKENDS.filter((b) => b !== "webgpu" || !hasShared || from !== own);

  forEachBackend(`${name}: input, logits, activations, gradient`, async (backend) => {
    const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
    const model = await load();
    near(preprocess(image, model.preprocess).input, last("input"), 1e-6, "input");

    const input = asBatch(last("input"));
    const also = [...tensors.keys()].filter((key) => key.startsWith("activation."))
      .map((key) => key.slice("activation.".length));
    for (const fuse of [true, false]) {
      const { gradients, taps, value } = await model.network.gradient(
        input,
        logit(expected.predicted),
        { also, fuse },
      );
      near(await take(taps.logits), tensors.get("logits")!, 1e-4, "logits");
      near(await take(gradients.input), last("gradient"), tolerance, "gradient");
      for (const layer of also) {
        near(await take(taps[layer]), last(`activation.${layer}`), 1e-4, layer);
      }
      value.dispose();
    }
    input.dispose();
    model.network.dispose();
  });

  forEachBackend(`${name}: saliency of the predicted and of another class`, async (backend) => {
    const tolerance = backend === "webgpu" ? 1e-3 : 1e-4;
    const model = await load();
    const run = await attribute("saliency", { model, image });
    assert.equal(run.target.index, expected.predicted);
    near(run.attribution, last("gradient"), tolerance, "gradient");
    near(run.map, tensors.get("saliency")!, tolerance, "saliency");
    const options = { class: expected.target };
    const other = await attribute("saliency", { model, image, options });
    near(other.map, tensors.get("saliency_target")!, tolerance, "saliency_target");
    model.network.dispose();
  });

  forEachBackend(`${name}: a shallow dream`, async (backend) => {
    const model = await load();
    const { layer, channel, losses } = expected.dream;
    for (const steps of stepsOf(backend, [10, 20, 30, 40, 50])) {
      const options = { layer, channel, steps };
      const run = await visualize("deepdream", { model, image, options });
      eachNear(run.losses, losses.slice(0, steps), 1e-3, "loss");
      near(run.image, last(`dream.${steps}`), 1e-2, `image after ${steps} steps`);
    }
    model.network.dispose();
  }, dreamed);

  // On ResNet-20 a ReLU whose input is a millionth of the layer's largest decides where the path
  // goes: these two hold only where sums are more exact than plain single precision.
  forEachBackend(`${name}: a deep dream`, async () => {
    const model = await load();
    const { layer, channel, losses } = expected.dream_deep;
    const options = { layer, channel, steps: losses.length };
    const run = await visualize("deepdream", { model, image, options });
    eachNear(run.losses, losses, 1e-3, "loss");
    near(run.image, last("dream_deep.20"), 1e-2, "image");
    model.network.dispose();
  }, dreamed);

  forEachBackend(`${name}: filter visualization`, async (backend) => {
    const model = await load();
    const { layer, channel, losses } = expected.filter;
    const start = `${from.path(`expected/${name}.safetensors`)}#filter.start`;
    for (const steps of stepsOf(backend, [25, 50])) {
      const options = { layer, channel, steps, start };
      const run = await visualize("filter-viz", { model, options });
      eachNear(run.losses, losses.slice(0, steps), 1e-3, "loss");
      near(run.image, last(`filter.${steps}`), 1e-2, `image after ${steps} steps`);
    }
    model.network.dispose();
    // the native executor leaves long optimizations on networks as small as these to the steps
  }, dreamed.filter((b) => b !== "native"));
}

for (const { name, from, load } of [OWN[0], SHARED[0]]) {
  const missing = from === shared && !hasShared;
  Deno.test({
    name: `${name}: each step of a deep dream is the same on wasm and cpu${missing ? absence : ""}`,
    ignore: missing,
    async fn() {
      const { dream_deep: { layer, channel } } = from.json<Expected>(`expected/${name}.json`);
      const model = await load();
      const objective = scaled(channelMean(layer, channel), -1);
      const start = channelsLast(from.tensors(`expected/${name}.safetensors`).get("input")!);
      const images = [start], gradients: Float32Array[] = [];
      const gradientAt = async (image: Values) => {
        const x = asBatch(image);
        const { value, gradients: { input }, taps } = await model.network.gradient(x, objective);
        tf.dispose([x, value, taps]);
        return await take(input);
      };
      await useBackend("wasm");
      for (let step = 0; step < 3; step++) {
        const gradient = (await gradientAt(images[step])).slice();
        gradients.push(gradient);
        const moved = images[step].map((x, i) => x - 12 * (gradient[i] + 1e-4 * x));
        images.push(values(moved, start.shape));
      }
      await useBackend("cpu");
      for (const [step, gradient] of gradients.entries()) {
        near(await gradientAt(images[step]), gradient, 1e-4, `gradient of step ${step}`);
      }
      model.network.dispose();
    },
  });
}

if (!hasShared) {
  Deno.test({
    name: `real networks on photographs equal PyTorch's${absence}`,
    ignore: true,
    fn() {},
  });
}
