/**
 * Whole networks with synthetic weights against PyTorch in float64, on wasm.
 *
 * How near a float32 gradient can be: where rounding flips a ReLU, single paths change. PyTorch 1.13
 * itself, in float32, is this far from its own float64 gradients: resnet18 5e-7, resnet50 1.4e-4 (or
 * 7e-7, with another convolution library), resnet152d 1.1e-3 (1.8e-3), vgg16 6.7e-3 (6.5e-4).
 */
import assert from "node:assert/strict";
import { visualize } from "../../mod.ts";
import { writeSafetensors } from "../../core/safetensors.ts";
import { values } from "../../core/values.ts";
import type { Graph } from "../../engine/graph.ts";
import { logit } from "../../engine/objectives.ts";
import type { Flattened } from "../../models/_torch.ts";
import { architectureOf } from "../../models/mod.ts";
import { FLATTENED, STAGES, torchvisionGraph } from "../../models/vgg.ts";
import architectures from "../fixtures/parity/architectures.json" with { type: "json" };
import { modelOf } from "../../conformance/networks.ts";
import { forEachBackend } from "../_support/backends.ts";
import { absence, hasShared, own, shared } from "../_support/reference.ts";
import { synthetic, syntheticNetwork } from "../../conformance/synthetic.ts";
import { asBatch, channelsLast, eachNear, near, relativeError, take } from "../_support/tensors.ts";

/** The synthetic image, `[size, size, 3]`; it follows its index in PyTorch's layout. */
const image = (size: number) =>
  channelsLast(values(synthetic("image", 3 * size * size), [1, 3, size, size]));

/**
 * How near the nearer of two gradients must be, fused and run node by node: which of them meets a
 * ReLU that rounding flips is chance, and either stays within 1e-2. ONNX Runtime gives both the same.
 */
const GRADIENT: Readonly<Record<string, number>> = {
  resnet18: 1e-4,
  resnet50: 1e-4,
  resnet152d: 1e-2,
  vgg16: 1e-2,
};

/** The others are too slow for networks of this size. */
const FAST = ["wasm", "native"] as const;

interface Expected {
  readonly input_size: number;
  readonly predicted: number;
  readonly layer: string;
  readonly channel: number;
  readonly losses: readonly number[];
}

const CASES = [
  ...["resnet18", "resnet50"].map((id) => ({
    id,
    from: own,
    where: "at 48 pixels",
    ignore: false,
  })),
  ...Object.keys(GRADIENT).map((id) => ({ id, from: shared, where: absence, ignore: !hasShared })),
];

for (const { id, from, where, ignore } of CASES) {
  forEachBackend(
    `${id}: logits, gradient and dream equal PyTorch's ${where}`.trim(),
    async (on) => {
      const nearest = on === "native" ? 1e-2 : GRADIENT[id];
      const expected = from.json<Expected>(`expected/architectures/${id}.json`);
      const tensors = from.tensors(`expected/architectures/${id}.safetensors`);
      const { graph } = await architectureOf(id);
      const size = expected.input_size, start = image(size);
      const network = syntheticNetwork(graph, id);
      const input = asBatch(start);
      const gradient = channelsLast(tensors.get("gradient")!), errors: number[] = [];
      for (const fuse of [true, false]) {
        const { gradients, taps, value } = await network.gradient(
          input,
          logit(expected.predicted),
          { fuse },
        );
        near(await take(taps.logits), tensors.get("logits")!, 1e-5, `logits, fuse ${fuse}`);
        errors.push(relativeError(await take(gradients.input), gradient));
        value.dispose();
      }
      assert.ok(Math.max(...errors) <= 1e-2, `gradients are off by ${errors}`);
      assert.ok(Math.min(...errors) <= nearest, `gradients are off by ${errors}`);
      input.dispose();

      const folder = await Deno.makeTempDir();
      const file = `${folder}/start.safetensors`;
      await Deno.writeFile(file, writeSafetensors({ image: start }));
      const { layer, channel } = expected;
      const run = await visualize("filter-viz", {
        model: modelOf(network, size, size),
        options: {
          layer,
          channel,
          steps: 3,
          optimizer: "sgd",
          learningRate: 12,
          weightDecay: 1e-4,
          start: file,
        },
      }).finally(() => Deno.remove(folder, { recursive: true }));
      eachNear(run.losses, expected.losses, 1e-3, "loss");
      near(run.image, channelsLast(tensors.get("dream")!), 1e-4, "dream");
      network.dispose();
    },
    FAST,
    ignore,
  );
}

const TORCHVISION: readonly [string, () => Promise<Graph>, Flattened?][] = [
  ["resnet50", async () => (await architectureOf("resnet50")).graph],
  ["wide_resnet50_2", async () => (await architectureOf("wide_resnet50_2")).graph],
  [
    "vgg11_bn (torchvision)",
    () => Promise.resolve(torchvisionGraph(STAGES.vgg11, true, 1000)),
    FLATTENED,
  ],
];

for (const [name, graph, flattened] of TORCHVISION) {
  forEachBackend(`${name} at 64 pixels: logits equal torchvision's`, async () => {
    // first eight logits, and the length of all
    const { logits, norm } =
      (architectures as Record<string, { logits?: number[]; norm?: number }>)[
        name
      ];
    const network = syntheticNetwork(await graph(), name, flattened);
    const input = asBatch(image(64));
    const found = await take(await network.logits(input));
    near(found.subarray(0, 8), logits!, 1e-5, "logits");
    near([Math.hypot(...found)], [norm!], 1e-5, "length of the logits");
    input.dispose();
    network.dispose();
  }, FAST);
}
