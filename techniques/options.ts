/** What each technique takes, by its id. Written by `deno task docs` from their schemas. */

/** Options of Saliency map. */
export type SaliencyOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.85). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Input × gradient. */
export type InputXGradientOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
};

/** Options of Integrated gradients. */
export type IntegratedGradientsOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** Points along the path, 1 to 1000; auto doubles them until the result moves by less than 1 % (default: 50). */
  readonly steps: number | "auto";
  /** How the points are chosen and weighted (default: "gauss-legendre"). */
  readonly method: "gauss-legendre" | "trapezoid" | "midpoint" | "linspace";
  /** Where the path begins: zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly baseline: number | string;
};

/** Options of SmoothGrad. */
export type SmoothGradOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.85). */
  readonly overlay: number;
  /** Attribution to smooth, with options where wanted: lrp(composite=alpha1-beta0) (default: "saliency"). */
  readonly of: string;
  /** What is computed from the samples: mean, mean square (SmoothGrad²) or variance (VarGrad) (default: "mean"). */
  readonly variant: "mean" | "squared" | "var";
  /** Number of noisy copies (1 to 10000; default: 25). */
  readonly samples: number;
  /** Standard deviation of the noise, as a share of the picture's range of values (0 to 10; default: 0.15). */
  readonly sigma: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
};

/** Options of Guided backpropagation. */
export type GuidedBackpropOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
};

/** Options of DeconvNet. */
export type DeconvnetOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
};

/** Options of Grad-CAM. */
export type GradCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Grad-CAM++. */
export type GradCamPlusPlusOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of HiResCAM. */
export type HiresCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of XGrad-CAM. */
export type XgradCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of LayerCAM. */
export type LayerCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Eigen-CAM. */
export type EigenCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Score-CAM. */
export type ScoreCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
  /** Most channels of a layer to try, those of the highest mean activation first; default: all (1 to 100000). */
  readonly maxChannels?: number;
};

/** Options of Ablation-CAM. */
export type AblationCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
  /** Most channels of a layer to try, those of the highest mean activation first; default: all (1 to 100000). */
  readonly maxChannels?: number;
};

/** Options of Guided Grad-CAM. */
export type GuidedGradCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
};

/** Options of Occlusion. */
export type OcclusionOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** Covered window in pixels, a square's side or WIDTHxHEIGHT; default: an eighth of the shorter side. */
  readonly window?: number | string;
  /** Pixels from one window to the next, or WIDTHxHEIGHT of them; default: half a window. */
  readonly stride?: number | string;
  /** What the window is filled with: zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly fill: number | string;
};

/** Options of RISE. */
export type RiseOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Number of masks (1 to 1000000; default: 4000). */
  readonly masks: number;
  /** Cells of a mask along each side (1 to 100; default: 7). */
  readonly grid: number;
  /** How likely a cell is to be shown (0.01 to 0.99; default: 0.5). */
  readonly probability: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Layer-wise relevance propagation. */
export type LrpOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** Rules by layer; all have ε for dense layers. Convolutions: z⁺ (epsilon-plus), γ behind a first one with z^B (epsilon-gamma-box), αβ (alpha-beta), ε (epsilon) (default: "epsilon-plus"). */
  readonly composite: "epsilon-plus" | "epsilon-gamma-box" | "alpha-beta" | "epsilon";
  /** ε, added to the size of a unit's value: larger is smoother, and absorbs more (1e-9 to 1000; default: 0.000001). */
  readonly epsilon: number;
  /** γ: how much more contributions of the unit's own sign count (epsilon-gamma-box) (0 to 1000; default: 0.25). */
  readonly gamma: number;
  /** α of positive contributions; negative ones have β = α − 1 (alpha-beta) (1 to 100; default: 2). */
  readonly alpha: number;
  /** Whether biases keep the relevance that is theirs, or it is spread over their layer's inputs by the size of their contributions, so that the pixels' relevance adds up to the logit (default: "absorb"). */
  readonly bias: "absorb" | "spread";
  /** Rules of single layers, LAYER=RULE, separated by commas; * stands for any text, and a container's name for all in it (layer1.*=gamma,fc=z-plus). Rules: epsilon, z-plus, gamma, alpha-beta. */
  readonly rule?: string | readonly string[];
  /** Layer to stop at: its relevance is the attribution; default: the picture. */
  readonly at?: string;
};

/** Options of Smooth Grad-CAM++. */
export type SmoothCamPlusPlusOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
  /** Number of noisy copies of the picture (1 to 10000; default: 4). */
  readonly samples: number;
  /** Standard deviation of the noise, in the network's normalized space (0 to 100; default: 0.3). */
  readonly noise: number;
};

/** Options of SS-CAM. */
export type SsCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
  /** Most channels of a layer to try, those of the highest mean activation first; default: all (1 to 100000). */
  readonly maxChannels?: number;
  /** Number of noisy masks for each channel (1 to 10000; default: 35). */
  readonly samples: number;
  /** Standard deviation of the noise on the masks, whose values without it are 0..1 (0 to 100; default: 2). */
  readonly noise: number;
};

/** Options of IS-CAM. */
export type IsCamOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks against the class: no ReLU, two colours around zero (default: false). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
  /** Most channels of a layer to try, those of the highest mean activation first; default: all (1 to 100000). */
  readonly maxChannels?: number;
  /** Number of strengths at which each channel's part is shown (1 to 10000; default: 10). */
  readonly samples: number;
};

/** Options of Gradient times activation. */
export type GradientTimesActivationOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.7). */
  readonly overlay: number;
  /** Layer to look at; default: what the classifier pools. */
  readonly layer?: string;
  /** This channel of the layer alone, by number; default: all of them (0 or more). */
  readonly channel?: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
};

/** Options of Activation. */
export type ActivationOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.7). */
  readonly overlay: number;
  /** Layer to look at; default: what the classifier pools. */
  readonly layer?: string;
  /** This channel of the layer alone, by number; default: all of them (0 or more). */
  readonly channel?: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** What is shown of several channels: their mean, or at each place the one of the largest magnitude (default: "mean"). */
  readonly show: "mean" | "strongest";
};

/** Options of Feature ablation. */
export type FeatureAblationOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** What the picture is cut into: slic (superpixels of one colour and about one size), felzenszwalb (regions by the graph of neighbours), grid (rectangles), or the path of a picture as large as the explained one, each of whose colours is a segment (default: "slic"). */
  readonly segments: string;
  /** About how many segments slic, felzenszwalb and grid make (2 to 1000; default: 50). */
  readonly count: number;
  /** What a hidden segment becomes: segment (its own mean colour): zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly fill: number | string;
};

/** Options of Kernel SHAP. */
export type KernelShapOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** What the picture is cut into: slic (superpixels of one colour and about one size), felzenszwalb (regions by the graph of neighbours), grid (rectangles), or the path of a picture as large as the explained one, each of whose colours is a segment (default: "slic"). */
  readonly segments: string;
  /** About how many segments slic, felzenszwalb and grid make (2 to 1000; default: 50). */
  readonly count: number;
  /** Coalitions of segments to try; where there are no more, all are tried and the values are exact (1 to 100000; default: 1000). */
  readonly samples: number;
  /** What a hidden segment becomes: segment (its own mean colour): zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly fill: number | string;
};

/** Options of LIME. */
export type LimeOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** What the picture is cut into: slic (superpixels of one colour and about one size), felzenszwalb (regions by the graph of neighbours), grid (rectangles), or the path of a picture as large as the explained one, each of whose colours is a segment (default: "slic"). */
  readonly segments: string;
  /** About how many segments slic, felzenszwalb and grid make (2 to 1000; default: 50). */
  readonly count: number;
  /** Pictures with segments hidden at random that the linear model is fitted to (1 to 100000; default: 1000). */
  readonly samples: number;
  /** How soon pictures count less the more is hidden, as a cosine distance (above 0 and up to 1000; default: 0.25). */
  readonly width: number;
  /** λ, what large coefficients cost: they are pulled towards zero (0 to 1000000; default: 1). */
  readonly ridge: number;
  /** What is fitted: the class's probability (the score, where scores have none) or its score, which tells more where the network is all but certain (default: "probability"). */
  readonly of: "probability" | "score";
  /** What a hidden segment becomes: segment (its own mean colour): zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "segment"). */
  readonly fill: number | string;
};

/** Options of XRAI. */
export type XraiOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Points along each of the two paths (1 to 1000; default: 100). */
  readonly steps: number;
  /** Pixels that each region grows by; default: 5, if the shorter side has 224, else in proportion (0 to 100). */
  readonly dilation?: number;
  /** Fewest pixels that a region must add; default: 50, if the picture has 224×224, else in proportion (1 to 1000000). */
  readonly least?: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Sobol attribution. */
export type SobolOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Cells along each side of the picture (1 to 16; default: 8). */
  readonly grid: number;
  /** Masks, a power of two; each is scored as it is and with each cell replaced (2 to 4096; default: 32). */
  readonly designs: number;
  /** What is seen where a mask hides the picture: zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly fill: number | string;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of HSIC attribution. */
export type HsicOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Cells along each side of the picture (1 to 22; default: 8). */
  readonly grid: number;
  /** Number of masks (2 to 4096; default: 500). */
  readonly masks: number;
  /** What is seen where a mask hides the picture: zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly fill: number | string;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Noise tunnel. */
export type NoiseTunnelOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.85). */
  readonly overlay: number;
  /** Attribution to run on the noisy copies, with options where wanted: lrp(composite=alpha1-beta0) (default: "saliency"). */
  readonly of: string;
  /** What is computed from the samples: mean, mean square (SmoothGrad²) or variance (VarGrad) (default: "mean"). */
  readonly variant: "mean" | "squared" | "var";
  /** Number of noisy copies (1 to 10000; default: 25). */
  readonly samples: number;
  /** Standard deviation of the noise (0 to 1000; default: 0.15). */
  readonly sigma: number;
  /** What the deviation is measured in: the picture's range of values, of which it is a share, or numbers of the network's normalized space (default: "range"). */
  readonly scale: "range" | "absolute";
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
};

/** Options of DeepLIFT. */
export type DeepLiftOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** What the picture is compared with: zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly baseline: number | string;
};

/** Options of FullGrad. */
export type FullgradOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** What layers show: their biases' part of the score, or (simple) their gradient alone (default: "full"). */
  readonly variant: "full" | "simple";
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
};

/** Options of Guided integrated gradients. */
export type GuidedIgOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** Steps along the path, one pass each (1 to 10000; default: 200). */
  readonly steps: number;
  /** Share of the picture's numbers, those of the smallest gradients first, that move together: 1 moves all alike (0 to 1; default: 0.25). */
  readonly fraction: number;
  /** How far a number may be ahead of or behind the straight path, as a share of its way: 0 is the straight path, 1 any path between the baseline and the picture (0 to 1; default: 0.02). */
  readonly maxDistance: number;
  /** Where the path begins: zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero"). */
  readonly baseline: number | string;
};

/** Options of Blur integrated gradients. */
export type BlurIgOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** Blurs along the path (1 to 10000; default: 100). */
  readonly steps: number;
  /** Standard deviation of the widest blur, in pixels (above 0 and up to 1000; default: 50). */
  readonly maxSigma: number;
  /** How the deviations lie between 0 and the widest: even, or square-root, which is the root of as many even ones up to the widest, and so ends at its root (default: "even"). */
  readonly spacing: "even" | "square-root";
  /** By how many pixels of deviation the blurs differ that give the rate of change (0.0001 to 1; default: 0.01). */
  readonly gradStep: number;
};

/** Options of GradientSHAP. */
export type GradientShapOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.9). */
  readonly overlay: number;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 99). */
  readonly clip: number;
  /** Number of random samples (1 to 10000; default: 5). */
  readonly samples: number;
  /** Standard deviation of the noise, as a share of the picture's range of values (0 to 10; default: 0). */
  readonly sigma: number;
  /** Where the ways begin, one or several between commas, of which each sample draws one: zero in the network's normalized space (its training pictures' mean, as a rule), mean (the picture's mean colour), blur (the picture blurred), noise (uniform), another number in that space, a colour (#rrggbb, black, gray, white), the path of a picture, or a tensor of that space in a .safetensors file (FILE#TENSOR) (default: "zero, mean, blur, noise"). */
  readonly baseline: number | string;
};

/** Options of Contrastive Grad-CAM. */
export type ContrastiveOptions = {
  /** Class to explain, by number or name; default: the predicted one. */
  readonly class?: number | string;
  /** Strength of the map over the picture: 0 shows the picture alone, 1 the map alone (0 to 1; default: 0.5). */
  readonly overlay: number;
  /** Layer to look at, or several, separated by commas; default: what the classifier pools. */
  readonly layer?: string | readonly string[];
  /** How maps of several layers become one: the mean of maps that were scaled to 0..1 each (as in pytorch-grad-cam), the mean first and then scaled, or the largest of the scaled ones (default: "mean"). */
  readonly combine: "mean" | "mean-first" | "max";
  /** Keep what speaks for the foil: no ReLU, two colours around zero; the paper's maps have the ReLU (default: true). */
  readonly signed: boolean;
  /** Percentile of the map's magnitudes that gets the full colour; larger ones look the same (above 0 and up to 100; default: 100). */
  readonly clip: number;
  /** Class to set it against, by number or name; default: the one of the highest score besides. */
  readonly foil?: number | string;
};

/** Options of DeepDream. */
export type DeepdreamOptions = {
  /** Layer to look at; default: what the classifier pools. */
  readonly layer?: string;
  /** Channel of that layer, by number (0 or more; default: 0). */
  readonly channel: number;
  /** What to grow instead of the channel, such as "layer(layer3)" or "logit(cat)". */
  readonly objective?: string;
  /** A picture that the layer is to be reminded of, instead of the channel. */
  readonly guide?: string;
  /** Number of steps, of each octave (1 to 100000; default: 250). */
  readonly steps: number;
  /** Optimizer that takes the steps (default: "sgd"). */
  readonly optimizer: "sgd" | "adam";
  /** Size of a step (above 0 and up to 10000; default: 12). */
  readonly learningRate: number;
  /** Pull of every pixel towards the mean colour (L2 penalty) (0 to 1; default: 0.0001). */
  readonly weightDecay: number;
  /** Divide the gradient by its mean magnitude, so that the step size is how far a pixel goes (default: false). */
  readonly normalize: boolean;
  /** After each step, put right what is darker than black or brighter than white (default: false). */
  readonly clip: boolean;
  /** Look from a place that is up to so many pixels elsewhere at each step (0 to 4096; default: 0). */
  readonly jitter: number;
  /** Sizes to dream at, the smaller ones first: patterns become larger (1 to 16; default: 1). */
  readonly octaves: number;
  /** How much larger each of them is than the one before (1.01 to 8; default: 1.4). */
  readonly octaveScale: number;
  /** Look at the picture in tiles of so many pixels, for pictures too large for memory (64 to 100000). */
  readonly tile?: number;
  /** Steps between two pictures that are kept (1 to 100000; default: 50). */
  readonly saveEvery: number;
  /** Size to dream at, WIDTHxHEIGHT, without cropping; default: as the model prepares pictures. */
  readonly size?: string;
};

/** Options of Filter visualization. */
export type FilterVizOptions = {
  /** Layer to look at; default: what the classifier pools. */
  readonly layer?: string;
  /** Channel of that layer, by number (0 or more; default: 0). */
  readonly channel: number;
  /** Number of steps (1 to 100000; default: 100). */
  readonly steps: number;
  /** Optimizer that takes the steps (default: "adam"). */
  readonly optimizer: "sgd" | "adam";
  /** Size of a step (above 0 and up to 10000; default: 0.1). */
  readonly learningRate: number;
  /** Pull of every pixel towards the mean colour (L2 penalty) (0 to 1; default: 0.000001). */
  readonly weightDecay: number;
  /** Steps between two pictures that are kept (1 to 100000; default: 50). */
  readonly saveEvery: number;
  /** Size of the image, WIDTHxHEIGHT; default: the model's input size. */
  readonly size?: string;
  /** Start from this picture or .safetensors tensor (FILE or FILE#TENSOR) instead of noise. */
  readonly start?: string;
};

/** Options of Feature visualization. */
export type FeatureVizOptions = {
  /** What to grow, such as "channel(layer3, 12) + 0.5*logit(cat) - 1e-3*tv"; default: the channel. */
  readonly objective?: string;
  /** Layer to look at; default: what the classifier pools. */
  readonly layer?: string;
  /** Channel of that layer, by number (0 or more; default: 0). */
  readonly channel: number;
  /** Show what it dislikes instead (default: false). */
  readonly negative: boolean;
  /** So many images at once, as different from each other as they can be (1 to 64; default: 1). */
  readonly diversity: number;
  /** How much a difference counts, where there are several images; less for a faint response (0 to 1000000; default: 0.1). */
  readonly diversityWeight: number;
  /** First objective of a strip that leads from one to another. */
  readonly from?: string;
  /** Its last objective. */
  readonly to?: string;
  /** Images of such a strip (2 to 64; default: 5). */
  readonly images: number;
  /** Number of steps (1 to 100000; default: 512). */
  readonly steps: number;
  /** Optimizer that takes the steps (default: "adam"). */
  readonly optimizer: "sgd" | "adam";
  /** Size of a step (above 0 and up to 10000; default: 0.05). */
  readonly learningRate: number;
  /** Pull of every pixel towards the mean colour (L2 penalty) (0 to 1; default: 0). */
  readonly weightDecay: number;
  /** What the image is made of: fourier, fourier(decay=1.5), shared, pixels; default: fourier, or shared for a strip. */
  readonly parameterization?: string;
  /** What is done to it before each look: default, none, or a list, "pad(12), jitter(8), flip" (default: "default"). */
  readonly transforms: string;
  /** Steps in which units that are silent are woken (0 to 100000; default: 16). */
  readonly redirect: number;
  /** Steps between two pictures that are kept (1 to 100000; default: 64). */
  readonly saveEvery: number;
  /** Size of the image, WIDTHxHEIGHT; default: the model's input size. */
  readonly size?: string;
};

/** Options of Class visualization. */
export type ClassVizOptions = {
  /** Class to show, by number or name (default: 0). */
  readonly class: number | string;
  /** How much the image's squared length counts, in the network's normalized space (0 to 1000000; default: 0.001). */
  readonly lambda: number;
  /** Number of steps (1 to 100000; default: 200). */
  readonly steps: number;
  /** Optimizer that takes the steps (default: "adam"). */
  readonly optimizer: "sgd" | "adam";
  /** Size of a step (above 0 and up to 10000; default: 0.05). */
  readonly learningRate: number;
  /** Pull of every pixel towards the mean colour (L2 penalty) (0 to 1; default: 0). */
  readonly weightDecay: number;
  /** Steps between two pictures that are kept (1 to 100000; default: 50). */
  readonly saveEvery: number;
  /** Size of the image, WIDTHxHEIGHT; default: the model's input size. */
  readonly size?: string;
};

/** Options of Feature inversion. */
export type FeatureInversionOptions = {
  /** Layer to look at; default: what the classifier pools. */
  readonly layer?: string;
  /** Number of steps (1 to 100000; default: 256). */
  readonly steps: number;
  /** Optimizer that takes the steps (default: "adam"). */
  readonly optimizer: "sgd" | "adam";
  /** Size of a step (above 0 and up to 10000; default: 0.05). */
  readonly learningRate: number;
  /** Pull of every pixel towards the mean colour (L2 penalty) (0 to 1; default: 0). */
  readonly weightDecay: number;
  /** How much roughness is held down: the weight of total variation (0 to 1000000; default: 0.000001). */
  readonly tv: number;
  /** What the image is made of: fourier, fourier(decay=1.5), shared, pixels (default: "fourier"). */
  readonly parameterization: string;
  /** What is done to it before each look: default, none, or a list, "pad(12), jitter(8), flip" (default: "none"). */
  readonly transforms: string;
  /** Steps between two pictures that are kept (1 to 100000; default: 64). */
  readonly saveEvery: number;
  /** Size of the image, WIDTHxHEIGHT; default: as the model prepares pictures. */
  readonly size?: string;
};

/** Options of Caricature. */
export type CaricatureOptions = {
  /** Layer to look at; default: what the classifier pools. */
  readonly layer?: string;
  /** Number of steps (1 to 100000; default: 256). */
  readonly steps: number;
  /** Optimizer that takes the steps (default: "adam"). */
  readonly optimizer: "sgd" | "adam";
  /** Size of a step (above 0 and up to 10000; default: 0.05). */
  readonly learningRate: number;
  /** Pull of every pixel towards the mean colour (L2 penalty) (0 to 1; default: 0). */
  readonly weightDecay: number;
  /** How much roughness is held down: the weight of total variation (0 to 1000000; default: 0). */
  readonly tv: number;
  /** What the image is made of: fourier, fourier(decay=1.5), shared, pixels (default: "fourier"). */
  readonly parameterization: string;
  /** What is done to it before each look: default, none, or a list, "pad(12), jitter(8), flip" (default: "default"). */
  readonly transforms: string;
  /** Steps between two pictures that are kept (1 to 100000; default: 64). */
  readonly saveEvery: number;
  /** Size of the image, WIDTHxHEIGHT; default: as the model prepares pictures. */
  readonly size?: string;
  /** Power of the cosine: more keeps closer to the picture (0 to 20; default: 2). */
  readonly power: number;
};

/** Options of each attribution of the library's, by its id. */
export interface Attributions {
  /** Which pixels change the class's score most, by the gradient of its logit. */
  readonly "saliency": SaliencyOptions;
  /** What each pixel adds to the class's score, to first order. */
  readonly "input-x-gradient": InputXGradientOptions;
  /** How the change in score, from an empty picture to this one, is shared out among the pixels. */
  readonly "integrated-gradients": IntegratedGradientsOptions;
  /** Another attribution with less noise: its average over noisy copies of the picture. */
  readonly "smooth-grad": SmoothGradOptions;
  /** The picture's details that speak for the class, by gradients through positive paths only. */
  readonly "guided-backprop": GuidedBackpropOptions;
  /** What the class's score looks like, projected back to pixels. */
  readonly "deconvnet": DeconvnetOptions;
  /** The region that speaks for the class, by a layer's activations and mean gradients. */
  readonly "grad-cam": GradCamOptions;
  /** The region that speaks for the class, where small and repeated objects count too. */
  readonly "grad-cam-plus-plus": GradCamPlusPlusOptions;
  /** The places that the class's score is computed from, without averaging the gradients. */
  readonly "hires-cam": HiresCamOptions;
  /** The region that speaks for the class, with channels weighted where they are active. */
  readonly "xgrad-cam": XgradCamOptions;
  /** The places that speak for the class, fine enough for early layers too. */
  readonly "layer-cam": LayerCamOptions;
  /** What stands out most to a layer, whatever the class. */
  readonly "eigen-cam": EigenCamOptions;
  /** The region that speaks for the class, by showing the network each channel's part of the picture. */
  readonly "score-cam": ScoreCamOptions;
  /** The region that speaks for the class, by switching off each of a layer's channels. */
  readonly "ablation-cam": AblationCamOptions;
  /** The fine details within the region that speaks for the class. */
  readonly "guided-grad-cam": GuidedGradCamOptions;
  /** How much the class's score falls when a part of the picture is covered. */
  readonly "occlusion": OcclusionOptions;
  /** Which places must be visible for the class, estimated with thousands of random masks. */
  readonly "rise": RiseOptions;
  /** How the class's score is made up of the pixels, handed back from layer to layer. */
  readonly "lrp": LrpOptions;
  /** The region that speaks for the class, where small and repeated objects count too, with less noise: averaged over noisy copies of the picture. */
  readonly "smooth-cam-plus-plus": SmoothCamPlusPlusOptions;
  /** The region that speaks for the class, by showing each channel's part of the picture many times with noise. */
  readonly "ss-cam": SsCamOptions;
  /** The region that speaks for the class, by showing each channel's part of the picture ever more strongly. */
  readonly "is-cam": IsCamOptions;
  /** What each place of a layer, or of one of its channels, adds to the class's score, for and against. */
  readonly "gradient-times-activation": GradientTimesActivationOptions;
  /** Where a layer, or one of its channels, is active, whatever the class. */
  readonly "activation": ActivationOptions;
  /** How much the class's score falls when one segment of the picture is hidden. */
  readonly "feature-ablation": FeatureAblationOptions;
  /** Each segment's fair share of the score, by what it adds to coalitions of the others. */
  readonly "kernel-shap": KernelShapOptions;
  /** Which segments speak for the class, by a linear model fitted to pictures without some. */
  readonly "lime": LimeOptions;
  /** Which regions of the picture matter most, by the integrated gradients in each of them. */
  readonly "xrai": XraiOptions;
  /** How much of the score's variance under masks each place has a part in, alone and with others. */
  readonly "sobol": SobolOptions;
  /** How strongly the class's score depends on whether each place is shown. */
  readonly "hsic": HsicOptions;
  /** Mean, square or variance of any attribution, with its own options, over noisy copies. */
  readonly "noise-tunnel": NoiseTunnelOptions;
  /** How the change in score, from an empty picture to this one, is handed back by each layer. */
  readonly "deep-lift": DeepLiftOptions;
  /** Where picture and biases make the class's score, over all layers together. */
  readonly "fullgrad": FullgradOptions;
  /** Integrated gradients along a path that keeps away from where the score is steep: less noise beside the object. */
  readonly "guided-ig": GuidedIgOptions;
  /** How the change in score, as a blurred picture sharpens, is shared out among the pixels. */
  readonly "blur-ig": BlurIgOptions;
  /** How the change in score from several empty pictures to this one is shared out among the pixels, by random samples of integrated gradients. */
  readonly "gradient-shap": GradientShapOptions;
  /** Which regions speak for the class rather than for another one, and which the other way. */
  readonly "contrastive": ContrastiveOptions;
}

/** Options of each visualization of the library's, by its id. */
export interface Visualizations {
  /** What a channel sees in a picture, by changing the picture until the channel responds. */
  readonly "deepdream": DeepdreamOptions;
  /** What a channel looks for, found by changing grey noise until the channel responds. */
  readonly "filter-viz": FilterVizOptions;
  /** What a channel, a class or any objective looks for, with priors that make it legible. */
  readonly "feature-viz": FeatureVizOptions;
  /** What a class looks like to the network, from the mean colour, without a prior but its length. */
  readonly "class-viz": ClassVizOptions;
  /** What a layer keeps of a picture: an image from noise that it takes for the same. */
  readonly "feature-inversion": FeatureInversionOptions;
  /** What a layer makes most of in a picture, exaggerated. */
  readonly "caricature": CaricatureOptions;
}

/** Whether each visualization starts from a picture. */
export interface PictureUses {
  /** DeepDream starts from a picture, which must be given. */
  readonly "deepdream": "required";
  /** Filter visualization takes no picture. */
  readonly "filter-viz": "none";
  /** Feature visualization takes no picture. */
  readonly "feature-viz": "none";
  /** Class visualization takes no picture. */
  readonly "class-viz": "none";
  /** Feature inversion starts from a picture, which must be given. */
  readonly "feature-inversion": "required";
  /** Caricature starts from a picture, which must be given. */
  readonly "caricature": "required";
}
