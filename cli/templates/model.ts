/** What `phosphene new model` writes. */
export const model = (id: string, title: string, kit: string): string =>
  `/** ${title}: a network. Its weights lie beside this file; \`deno task try PICTURE\` shows them one. */
import { definePlugin, familyAdapter, GraphBuilder, INPUT, rowsOf } from "${kit}";

const family = familyAdapter({
  id: "${id}-family",
  title: "${title}",
  licence: "yours",
  source: "https://example.org/",
  models: ["${id}"],
  // a .safetensors, .pth or .th file; its names are those of the layers below
  weights: new URL("${id}.safetensors", import.meta.url),
  build(_id, tensors) {
    const classes = rowsOf(tensors, "fc.weight") ?? 3;
    const net = new GraphBuilder([null, null, 3]);
    let x = net.relu("relu1", net.conv("conv1", INPUT, { in: 3, out: 8, kernel: 3, pad: 1 }));
    x = net.maxPool("pool1", x, { kernel: 2 });
    x = net.relu("relu2", net.conv("conv2", x, { in: 8, out: 16, kernel: 3, pad: 1 }));
    const graph = net.build(net.dense("fc", net.globalAvgPool("pool2", x), 16, classes));
    const preprocess = {
      resize: { width: 32, height: 32 },
      crop: null,
      interpolation: "bilinear",
      mean: [0.5],
      std: [0.5],
      range: 1,
      channelOrder: "rgb",
    } as const;
    return { graph, preprocess, labels: classes === 3 ? ["one", "two", "three"] : undefined };
  },
});

export default definePlugin({ models: [family] });
`;

/** Shapes of the weights that the network above begins with, in PyTorch's layout. */
export const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  "conv1.weight": [8, 3, 3, 3],
  "conv1.bias": [8],
  "conv2.weight": [16, 8, 3, 3],
  "conv2.bias": [16],
  "fc.weight": [3, 16],
  "fc.bias": [3],
};
