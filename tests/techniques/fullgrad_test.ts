/** FullGrad against its authors' values, a literal reading of the paper, and the score. */
import assert from "node:assert/strict";
import { branched, families, grayOne, modelOf, picture } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import type { Values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { useBackend } from "../../engine/runtime.ts";
import { loadImage } from "../../image/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { attribute } from "../../techniques/mod.ts";
import { forEachBackend } from "../_support/backends.ts";
import { absence, hasShared, shared } from "../_support/reference.ts";
import { near } from "../_support/tensors.ts";
import { slow, tangled } from "./_slow.ts";

const ID = "fullgrad";

const rowsOf = (map: Values) => {
  const [height, width] = map.shape;
  return Array.from(
    { length: height },
    (_, y) => map.subarray(y * width, (y + 1) * width).reduce((a, b) => a + b),
  );
};
const columnsOf = (map: Values) => {
  const [height, width] = map.shape;
  return Array.from(
    { length: width },
    (_, x) => Array.from({ length: height }, (_, y) => map[y * width + x]).reduce((a, b) => a + b),
  );
};

/** By its authors' code (idiap/fullgrad-saliency) in double precision. */
const TANGLED = {
  full: {
    // deno-fmt-ignore
    rows: [18.534679, 22.554392, 27.547934, 24.570823, 23.607068, 23.176302, 25.753906, 21.847148,
      17.722552, 17.415633, 19.066369, 12.452897, 7.675529],
    // deno-fmt-ignore
    columns: [15.501487, 15.665261, 16.909798, 17.394486, 19.240748, 22.763232, 29.990164, 31.444821,
      34.620753, 30.230325, 28.164155],
  },
  simple: {
    // deno-fmt-ignore
    rows: [21.690392, 28.37394, 36.339659, 31.558001, 33.054363, 30.882036, 34.554905, 28.864288,
      24.513107, 27.330169, 32.701113, 24.047565, 18.916815],
    // deno-fmt-ignore
    columns: [22.110804, 20.818968, 22.406222, 24.394675, 31.806661, 32.755518, 41.369528, 43.23187,
      49.284543, 43.528443, 41.119124],
  },
};
const VARIANTS = ["full", "simple"] as const;

forEachBackend("FullGrad: its authors' values on branches, a max-pool, batch-norm", async () => {
  const { model, image } = tangled({ stride: 2 });
  for (const variant of VARIANTS) {
    const { attribution } = await attribute(ID, { model, image, target: 2, options: { variant } });
    near(rowsOf(attribution), TANGLED[variant].rows, 1e-5, `rows, ${variant}`);
    near(columnsOf(attribution), TANGLED[variant].columns, 1e-5, `columns, ${variant}`);
  }
  model.network.dispose();
});

/** Likewise, of the class "automobile"; what the picture's part and the biases' parts are. */
const RESNET = {
  parts: [-2.128117281835266, 34.58565299838601],
  full: {
    // deno-fmt-ignore
    rows: [438.026416, 453.238724, 476.815958, 491.468596, 550.861869, 565.600985, 590.738199,
      610.663039, 665.800648, 689.807146, 729.925742, 738.477194, 799.85511, 774.280763, 759.067495,
      753.195587, 782.256966, 782.433251, 809.323674, 834.058035, 882.859936, 854.586274, 836.813024,
      800.623581, 802.057462, 747.227305, 683.335144, 632.397237, 594.451214, 536.565844, 482.255629,
      410.515921],
  },
  simple: {
    // deno-fmt-ignore
    rows: [856.477923, 909.531174, 961.132498, 1024.712396, 1142.079105, 1191.347791, 1242.245406,
      1308.957662, 1412.338872, 1478.5451, 1543.351256, 1575.070288, 1664.127764, 1622.324452,
      1577.276604, 1579.232502, 1647.492775, 1668.204246, 1716.649258, 1756.895048, 1827.786805,
      1789.398871, 1742.744351, 1665.323735, 1632.268138, 1538.037811, 1409.549051, 1294.12647,
      1191.570796, 1050.493625, 944.119875, 803.138366],
  },
};

Deno.test({
  name: `FullGrad: its authors' values on ResNet-20${absence}`,
  ignore: !hasShared,
  async fn() {
    await useBackend("wasm");
    const weights = shared.path("models/resnet20-12fca82f.th");
    const model = await loadModel("resnet20-cifar", { weights });
    const image = await loadImage(shared.path("images/car.png"));
    for (const variant of VARIANTS) {
      const { attribution, figures } = await attribute(ID, { model, image, options: { variant } });
      near(rowsOf(attribution), RESNET[variant].rows, 1e-5, variant);
      near([Number(figures!.inputPart), Number(figures!.biasPart)], RESNET.parts, 1e-5, "parts");
    }
    model.network.dispose();
  },
});

/** Bilinear interpolation with the corners on the corners, from its definition. */
function enlarged(
  map: readonly number[],
  [h, w]: readonly number[],
  height: number,
  width: number,
) {
  const at = (y: number, x: number) => map[Math.min(h - 1, y) * w + Math.min(w - 1, x)];
  return Array.from({ length: height * width }, (_, i) => {
    const y = Math.floor(i / width) * (h - 1) / (height - 1), x = i % width * (w - 1) / (width - 1);
    const [y0, x0] = [Math.floor(y), Math.floor(x)], [b, r] = [y - y0, x - x0];
    return (1 - b) * ((1 - r) * at(y0, x0) + r * at(y0, x0 + 1)) +
      b * ((1 - r) * at(y0 + 1, x0) + r * at(y0 + 1, x0 + 1));
  });
}

forEachBackend("FullGrad: the formula, number by number", async () => {
  const { model, image, input, shape, height, width } = tangled();
  const { tape, layers, logits } = slow(model.network, input, shape);
  for (const target of [0, 3]) {
    const gradient = tape.gradient(logits[target]);
    const parts = [{
      numbers: Array.from(input, (v, i) => v * gradient[layers.get(INPUT)!.at[i]]),
      shape,
    }];
    let ofHead = 0;
    for (const node of model.network.graph.nodes) {
      const params = model.network.parameters.of(node), cells = layers.get(node.name)!;
      let bias: ArrayLike<number> | undefined;
      if (node.op === "batchNorm") {
        const [scale, offset, mean, variance] = ["scale", "offset", "mean", "variance"]
          .map((role) => params.values(role));
        const epsilon = node.attrs.epsilon as number;
        bias = mean.map((m, c) => offset[c] - m * scale[c] / Math.sqrt(variance[c] + epsilon));
      } else if (params.has("bias")) bias = params.values("bias");
      if (!bias) continue;
      const numbers = cells.at.map((at, i) => gradient[at] * bias[i % bias.length]);
      if (cells.shape.length === 3) parts.push({ numbers, shape: [...cells.shape] });
      else ofHead += numbers.reduce((a, b) => a + b);
    }
    const map = new Array<number>(height * width).fill(0);
    for (const { numbers, shape: [h, w, channels] } of parts) {
      const sizes = numbers.map(Math.abs), least = Math.min(...sizes);
      const range = Math.max(...sizes) - least + 1e-6;
      for (let c = 0; c < channels; c++) {
        const channel = sizes.filter((_, i) => i % channels === c).map((v) => (v - least) / range);
        enlarged(channel, [h, w], height, width).forEach((v, i) => map[i] += v);
      }
    }
    const { attribution, figures } = await attribute(ID, { model, image, target });
    near(attribution, map, 1e-5, `class ${target}`);
    assert.equal(figures!.layers, parts.length - 1);
    const sum = parts.flatMap(({ numbers }) => numbers).reduce((a, b) => a + b) + ofHead;
    assert.ok(Math.abs(sum - tape.values[logits[target]]) < 1e-9, "the literal parts add up");
  }
  model.network.dispose();
}, ["wasm", "cpu"]);

/** Activations that are no ReLU, one of them cut off, a gate, a constant beside the picture. */
function bent() {
  const net = new GraphBuilder();
  const one = net.add("one", "swish", net.conv("conv1", INPUT, { in: 3, out: 5, kernel: 3 }));
  const gate = net.add("gate", "sigmoid", net.conv("conv2", one, { in: 5, out: 5, kernel: 1 }));
  const added = net.add("added", "constant", INPUT, {}, { value: ["added.bias", [10, 7, 5]] });
  const both = net.sum("both", [net.add("product", "multiply", [one, gate]), added]);
  const cut = net.add("cut", "clip", both, { low: -0.1, high: 0.05 });
  const last = net.add("last", "gelu", net.conv("conv3", cut, { in: 5, out: 6, kernel: 3 }));
  return modelOf(
    syntheticNetwork(net.build(net.dense("fc", net.globalAvgPool("pool", last), 6, 3)), "bent"),
    9,
    12,
  );
}

Deno.test("FullGrad: the parts of picture and biases add up to the score, whatever the network", async () => {
  await useBackend("wasm");
  const networks = [
    ...[...families, branched, grayOne].map(({ model, width, height }) => ({
      model: model(),
      image: picture(width, height),
    })),
    { model: bent(), image: picture(9, 12) },
  ];
  for (const { model, image } of networks) {
    const last = model.labels.length - 1;
    for (const target of [0, ...(last > 1 ? [`${last} - 0.5 * 1`] : [])]) {
      const { figures, target: { logit }, diagnosis } = await attribute(ID, {
        model,
        image,
        target,
      });
      const [ofInput, ofBiases] = [Number(figures!.inputPart), Number(figures!.biasPart)];
      const size = Math.abs(ofInput) + Math.abs(ofBiases), gap = ofInput + ofBiases - logit;
      assert.ok(Math.abs(gap) < 1e-5 * size, `${model.id}: ${gap} of ${size}`);
      assert.ok(!diagnosis.some((note) => note.includes("add up")));
    }
    model.network.dispose();
  }
});

Deno.test("FullGrad says where biases are not known", async () => {
  await useBackend("wasm");
  const net = new GraphBuilder();
  const conv = net.conv("conv", INPUT, { in: 3, out: 6, kernel: 3 });
  const normed = net.add("normed", "layerNorm", conv, { axes: 1, epsilon: 1e-3 });
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", normed), 6, 3));
  const model = modelOf(syntheticNetwork(graph, "normed"), 9, 12), image = picture(9, 12);
  const { diagnosis } = await attribute(ID, { model, image });
  assert.ok(diagnosis.some((note) => /add up to .*a gap of .*biases are not known/.test(note)));
  model.network.dispose();
});
