/** What peers' tests expect and ours does otherwise, by intent: each with its reason, most of them shown. */
import assert from "node:assert/strict";
import { UserError } from "../../mod.ts";
import { QUADRATURES } from "../../techniques/_quadrature.ts";
import { distance, explained } from "./_peers.ts";
import { riemann } from "./_peers_captum_gradients.ts";
import { addedInputs, epsilon } from "./_peers_captum_lrp.ts";
import { basicModel3, behind, multiLayer, simpleLrp } from "./_peers_captum_networks.ts";
import { gradCamPlusPlus } from "./_peers_xplique.ts";

/** An expectation that does not hold of ours. */
export interface Different {
  readonly from: string;
  readonly reason: string;
  /** Holds ours against what it means instead. */
  readonly shown?: () => Promise<void> | void;
}

const equal = (ours: ArrayLike<number>, wanted: readonly number[], within = 1e-4) =>
  assert.ok(distance(Array.from(ours), wanted) <= within, `${Array.from(ours)}, not ${wanted}`);

export const different: readonly Different[] = [
  {
    from: "Captum, tests/attr/test_saliency.py, each vanilla test",
    reason:
      "Captum's attribution is the gradient's size, ours keeps its sign: the map has its size",
    async shown() {
      const net = () => basicModel3(1, 1 / 2);
      const { attribution } = await explained({ net, input: [10, 8], technique: "saliency" });
      equal(attribution, [1, -0.5]);
    },
  },
  {
    from: "Captum, tests/attr/test_approximation_methods.py test_riemann_2, 3, 4, trapezoid",
    reason: "Captum's n weights of the trapezoid add up to (n − 1) ÷ n, ours to 1",
    shown() {
      for (const { n, weights } of riemann) {
        const ours = QUADRATURES.trapezoid(n).weights;
        equal(ours.map((weight) => weight * (n - 1) / n), weights, 1e-12);
      }
    },
  },
  {
    from: "Captum, tests/attr/test_approximation_methods.py, left and right",
    reason: "there are no one-sided sums here: the midpoint is as cheap and one order better",
    shown: () => assert.ok(!["left", "right"].some((name) => Object.hasOwn(QUADRATURES, name))),
  },
  {
    from:
      "Captum, tests/attr/test_lrp.py test_lrp_multi_inputs, [16, 32, 48] for each of two inputs",
    reason:
      "a sum hands all its relevance to each summand there (so that its test expects an error of " +
      "−104), here to each its share",
    async shown() {
      const { attribution } = await explained({
        net: addedInputs,
        input: [1, 2, 3, 3, 6, 9],
        technique: "lrp",
        options: epsilon,
      });
      equal(attribution, [4, 8, 12, 12, 24, 36]);
    },
  },
  {
    from: "Captum, tests/attr/test_lrp.py test_lrp_Identity, [24, 36, 36]",
    reason: "no rule here hands a layer's relevance on as it is; behind the layer it is the same",
    async shown() {
      const { attribution } = await explained({
        net: () => simpleLrp(-2),
        input: [1, 2, 3],
        technique: "lrp",
        options: { ...epsilon, at: "linear" },
      });
      equal(attribution, [24, 36, 36]);
    },
  },
  {
    from: "Captum, tests/attr/test_lrp.py test_lrp_creator_activation",
    reason: "Captum refuses a sigmoid, here every activation hands relevance on",
  },
  {
    from: "Captum, tests/attr/test_lrp.py test_lrp_repeated_module",
    reason: "Captum refuses a module that is used twice; of a graph's nodes none is",
  },
  {
    from: "Captum, tests/attr/layer/test_grad_cam.py test_simple_input_conv_split_channels",
    reason: "there is no map of each channel here; the sum of them is test_simple_input_conv's",
  },
  {
    from: "Captum, tests/attr/test_feature_ablation.py, masks of features that are not neighbours",
    reason: "occlusion covers windows",
  },
  {
    from: "Captum, tests/attr/test_occlusion.py test_improper_window_shape, test_improper_stride",
    reason: "windows have a width and a height here and no number of axes that could be wrong",
  },
  {
    from: "xplique, tests/attributions/test_grad_cam_pp.py test_weights_computation",
    reason:
      "xplique takes the mean of A where eq. 19 of the paper sums, and the mean of α · ReLU(g) " +
      "where it sums; by the paper the weights are 4/6, 2/4, 0 and 2/9",
    async shown() {
      const paper = [4 / 6, 2 / 4, 0, 2 / 9];
      for (const [channel, { net, input, map, theirs }] of gradCamPlusPlus.entries()) {
        const options = { layer: "maps", signed: true };
        const run = await explained({ net, input, technique: "grad-cam-plus-plus", options });
        equal(run.attribution, map.map((v) => v * paper[channel]), 1e-5);
        if (paper[channel]) assert.ok(Math.abs(theirs - paper[channel]) > 0.1);
      }
    },
  },
  {
    from: "xplique, tests/attributions/test_occlusion.py test_mask_generator, (2, 2) and (3, 3)",
    reason: "a stride that leaves gaps between windows is refused here, as by Captum",
    async shown() {
      const refused = explained({
        net: multiLayer,
        input: [20, 50, 30],
        technique: "occlusion",
        options: { window: "1x1", stride: "2x1" },
      });
      await assert.rejects(refused, UserError);
    },
  },
  {
    from: "xplique, tests/attributions/test_online_statistics.py test_online_variance",
    reason: "xplique's variance is divided by n − 1, ours by n",
    async shown() {
      const of = async (variant: string) => {
        const options = { of: "input-x-gradient", variant, samples: 2, sigma: 1 };
        const net = () => behind("relu"), technique = "smooth-grad";
        return [...(await explained({ net, input: [1, 2, 3, 4], technique, options })).attribution];
      };
      const mean = await of("mean"), squared = await of("squared"), variance = await of("var");
      const wanted = squared.map((square, i) => square - mean[i] ** 2);
      assert.ok(wanted.every((v) => v > 1e-3), `${wanted}`);
      equal(variance, wanted, 1e-3);
    },
  },
  {
    from: "iNNvestigate, LRPFlat, LRPWSquare, LRPZ_Flat_input_layer_rule, the flat presets",
    reason: "there is no flat and no w² rule here",
  },
  {
    from: "iNNvestigate, Deconvnet, GuidedBackprop",
    reason:
      "the pass begins with the output there and with 1 here: ours is compared times the output",
  },
];
