/** Maps by PyTorch's own gradients, in float64, where a paper's formula is a few lines of it. */
import type { Figures } from "./_figures.ts";

export const onBranches: readonly Figures[] = [
  {
    from: "cross_entropy(net(x), the second best) at again_1, without its ReLU",
    technique: "contrastive",
    options: { layer: "again_1" },
    target: 3,
    sum: -0.0119199,
    size: 0.01885746,
    eight: [
      -9.51275e-05,
      -0.00172036,
      -0.000284216,
      0.000308907,
      -7.60459e-05,
      -0.000346318,
      -0.00042263,
      -0.000476316,
    ],
  },
  {
    from: "cross_entropy(net(x), 1) at again_1, without its ReLU",
    technique: "contrastive",
    options: { layer: "again_1", foil: 1 },
    target: 3,
    sum: -0.01011218,
    size: 0.01256711,
    eight: [
      -6.0925e-05,
      -0.000816251,
      -0.000233074,
      -0.000509347,
      -0.000268131,
      -0.000321213,
      -0.000270022,
      -0.000483076,
    ],
  },
];
export const onResnet20: readonly Figures[] = [
  {
    from: "cross_entropy(net(x), the second best) at layer3",
    technique: "contrastive",
    options: { layer: "layer3", signed: false },
    target: 1,
    sum: 28.70017,
    size: 28.70017,
    eight: [0.0, 0.000112248, 0.0, 0.219126, 0.51253, 0.53584, 0.098584, 0.00194147],
  },
  {
    from: "cross_entropy(net(x), 3) at layer3",
    technique: "contrastive",
    options: { layer: "layer3", signed: false, foil: 3 },
    target: 1,
    sum: 35.66934,
    size: 35.66934,
    eight: [0.0, 0.0140013, 0.066826, 0.544546, 0.837288, 0.647853, 0.0293291, 0.0],
  },
];
