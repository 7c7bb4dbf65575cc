/**
 * A network of your own as a family: its layers, how it wants its pictures, and the `.pth` beside it.
 *
 *     deno task phosphene grad-cam cat.png --model tiny-cnn --plugin examples/plugin_model.ts
 */
import { definePlugin, familyAdapter, GraphBuilder, INPUT } from "../kit.ts";

const tinyCnn = familyAdapter({
  id: "tiny",
  title: "Tiny CNN of six drawn things",
  licence: "MIT",
  source: "examples/models/make.py",
  models: ["tiny-cnn"],
  weights: new URL("models/tiny-cnn.pth", import.meta.url),
  build() {
    const net = new GraphBuilder([null, null, 3]);
    const conv = (name: string, input: string, from: number, to: number) =>
      net.relu(`${name}.relu`, net.conv(name, input, { in: from, out: to, kernel: 3, pad: 1 }));
    let x = net.maxPool("pool1", conv("conv1", INPUT, 3, 16), { kernel: 2 });
    x = net.maxPool("pool2", conv("conv2", x, 16, 24), { kernel: 2 });
    x = net.globalAvgPool("pool3", conv("conv3", x, 24, 40));
    return {
      graph: net.build(net.dense("fc", x, 40, 6)),
      preprocess: {
        ...{ resize: 32, crop: 32, interpolation: "bilinear", channelOrder: "rgb" },
        ...{ range: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      },
      labels: ["butterfly", "cat", "fish", "flower", "mushroom", "snail"],
    };
  },
});

export default definePlugin({ models: [tinyCnn] });
