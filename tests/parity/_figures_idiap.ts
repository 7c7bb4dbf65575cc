/** What Idiap's `fullgrad-saliency` makes of FullGrad, in float64 on PyTorch; its maps have no channels. */
import type { Figures } from "./_figures.ts";

export const onBranches: readonly Figures[] = [
  {
    from: "FullGrad(net).saliency(x, target)",
    technique: "fullgrad",
    options: {},
    sum: 271.8976,
    size: 271.8976,
    eight: [0.307794, 1.47498, 1.49805, 3.70075, 0.831445, 3.68268, 2.0891, 3.21778],
  },
  {
    from: "SimpleFullGrad(net).saliency(x, target)",
    technique: "fullgrad",
    options: { variant: "simple" },
    sum: 375.8469,
    size: 375.8469,
    eight: [0.440589, 1.69252, 1.9177, 3.98013, 1.02298, 4.67557, 2.71463, 4.51015],
  },
];
export const onResnet20: readonly Figures[] = [
  {
    from: "FullGrad(net).saliency(x, target)",
    technique: "fullgrad",
    options: {},
    sum: 24520.9,
    size: 24520.9,
    eight: [12.431, 11.8329, 21.0745, 34.1341, 30.0022, 29.3671, 17.856, 8.0131],
  },
  {
    from: "SimpleFullGrad(net).saliency(x, target)",
    technique: "fullgrad",
    options: { variant: "simple" },
    sum: 45208.06,
    size: 45208.06,
    eight: [21.2206, 22.5956, 36.417, 62.7246, 55.0795, 55.6581, 32.2259, 13.9929],
  },
];
