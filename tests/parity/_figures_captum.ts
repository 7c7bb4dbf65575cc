/**
 * What Captum makes of DeepLIFT and GradientSHAP, in float64 on PyTorch. DeepLIFT of the branches: with
 * ReLU6 among the activations that Captum rescales, and with sums where its unpooling lets windows that
 * overlap overwrite each other; ResNet-20, which has neither, by Captum as it is.
 */
import type { Figures } from "./_figures.ts";

export const onBranches: readonly Figures[] = [
  {
    from: "DeepLift(net).attribute(x)",
    technique: "deep-lift",
    options: {},
    sum: -0.01583441,
    size: 0.4403149,
    eight: [
      -0.000371168,
      -5.03808e-05,
      -3.48081e-06,
      0.00175304,
      0.00114214,
      6.74527e-05,
      -0.000693225,
      0.000938651,
    ],
  },
  {
    from: "DeepLift(net).attribute(x, 0.5 everywhere)",
    technique: "deep-lift",
    options: { baseline: 0.5 },
    sum: -0.003205551,
    size: 0.3387915,
    eight: [
      6.23315e-05,
      -0.000144672,
      0.000525517,
      0.00197667,
      0.000955407,
      -9.40524e-05,
      -0.000728391,
      0.000288499,
    ],
  },
  {
    from: "DeepLift(net).attribute(x, its mean colour)",
    technique: "deep-lift",
    options: { baseline: "mean" },
    sum: -0.016374,
    size: 0.397241,
    eight: [
      -0.000112784,
      -0.000319199,
      6.16681e-06,
      0.00187907,
      0.000678753,
      3.03425e-06,
      -0.000718044,
      0.00119308,
    ],
  },
  {
    from:
      "GradientShap(net).attribute(x, 0.5 everywhere, n_samples=6), at the places that seed 0 draws here",
    technique: "gradient-shap",
    options: { samples: 6, baseline: 0.5 },
    sum: 0.00300062,
    size: 0.4601334,
    eight: [
      -0.000161004,
      0.000142795,
      -0.000353935,
      0.00234779,
      0.00092122,
      -0.00017249,
      -0.00128105,
      -0.000163482,
    ],
  },
];
export const onResnet20: readonly Figures[] = [
  {
    from: "DeepLift(net).attribute(x)",
    technique: "deep-lift",
    options: {},
    sum: 8.414176,
    size: 284.1535,
    eight: [
      0.00486195,
      0.0387748,
      0.000793626,
      0.0554204,
      -0.0571874,
      -0.130429,
      -0.100247,
      -0.0612045,
    ],
  },
  {
    from: "DeepLift(net).attribute(x, 0.5 everywhere)",
    technique: "deep-lift",
    options: { baseline: 0.5 },
    sum: 7.33887,
    size: 367.602,
    eight: [
      0.00726059,
      0.0564523,
      -0.00227131,
      0.0740632,
      -0.118497,
      -0.125585,
      -0.0674986,
      -0.0507691,
    ],
  },
  {
    from: "DeepLift(net).attribute(x, its mean colour)",
    technique: "deep-lift",
    options: { baseline: "mean" },
    sum: 6.987274,
    size: 123.1359,
    eight: [
      -0.000128719,
      -0.00210185,
      -0.00667379,
      -0.00185243,
      0.00104513,
      -0.0454951,
      -0.0496332,
      -0.0155302,
    ],
  },
  {
    from:
      "GradientShap(net).attribute(x, 0.5 everywhere, n_samples=6), at the places that seed 0 draws here",
    technique: "gradient-shap",
    options: { samples: 6, baseline: 0.5 },
    sum: 2.668939,
    size: 880.2439,
    eight: [
      -0.000714252,
      -0.0244264,
      0.0154351,
      -0.0133694,
      0.05871,
      0.00141002,
      -0.145673,
      -0.0553361,
    ],
  },
];
