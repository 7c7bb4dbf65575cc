/** Keras layers as nodes of a graph: one row a layer class. */
import { type Json, shown } from "./files.ts";
import type { LayerCall, WeightRole } from "./writer.ts";

/** Writes a layer's nodes and returns the one that gives its output. */
type Converter = (call: LayerCall) => string;

/** Keras's words for activations, and the ops they are. */
const ACTIVATIONS: ReadonlyMap<string, readonly [op: string, attrs?: Json]> = new Map([
  ["relu", ["relu"]],
  ["relu6", ["relu6"]],
  ["sigmoid", ["sigmoid"]],
  ["tanh", ["tanh"]],
  ["elu", ["elu", { alpha: 1 }]],
  ["selu", ["selu"]],
  ["swish", ["swish"]],
  ["silu", ["swish"]],
  ["softplus", ["softplus"]],
  ["softsign", ["softsign"]],
  ["hard_sigmoid", ["hardSigmoid"]],
  ["hardSigmoid", ["hardSigmoid"]],
  ["softmax", ["softmax"]],
]);

/** The name of `config.activation`, which Keras 3 may wrap. */
function activationOf({ config }: LayerCall): string {
  let named = config.activation ?? "linear";
  if (typeof named === "object" && "config" in named) named = named.config ?? named;
  return typeof named === "string" ? named : shown(named);
}

/** Applies `config.activation` to a node; `linear` needs none. */
function activate(call: LayerCall, name: string, input: string): string {
  const activation = activationOf(call);
  const entry = ACTIVATIONS.get(activation);
  if (!entry) {
    call.fail(
      `its activation is ${activation}; known are linear, ${[...ACTIVATIONS.keys()].join(", ")}`,
    );
  }
  // Keras 3 gives hard_sigmoid another slope than Keras 2 and TensorFlow.js
  if (entry[0] === "hardSigmoid" && call.writer.keras3) {
    call.fail("its activation is Keras 3's hard_sigmoid, which is not supported");
  }
  return call.writer.add(call, name, entry[0], [input], entry[1]);
}

/**
 * A layer that computes and then activates: the first node is `NAME.linear` where an activation
 * follows, so that both can be tapped.
 */
function withActivation(call: LayerCall, write: (name: string) => string): string {
  if (activationOf(call) === "linear") return write(call.name);
  return activate(call, call.name, write(`${call.name}.linear`));
}

const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0;

/** Window sizes and strides: `[height, width]`, or one number for both. */
function pair(call: LayerCall, key: string, or?: readonly [number, number]): [number, number] {
  const found = call.config[key] ?? or;
  const [h, w, ...more] = Array.isArray(found) ? found : [found, found];
  if (!isCount(h) || !isCount(w) || more.length) {
    call.fail(`its ${key} is ${shown(found)}, not one or two numbers from 1 up`);
  }
  return [h, w];
}

function number(call: LayerCall, keys: readonly string[], or: number): number {
  const found = keys.map((key) => call.config[key]).find((v) => v !== undefined && v !== null);
  if (found === undefined) return or;
  if (typeof found !== "number") call.fail(`its ${keys[0]} is ${shown(found)}, not a number`);
  return found;
}

const flag = ({ config }: LayerCall, key: string): boolean => config[key] !== false;

/** `[top, bottom, left, right]` from a number, `[rows, columns]` or `[[top, bottom], [left, right]]`. */
function frame(call: LayerCall, key: string): number[] {
  const found = call.config[key];
  const [rows, columns] = Array.isArray(found) ? found : [found, found];
  const both = (n: unknown) => (Array.isArray(n) ? n : [n, n]);
  const sides = [...both(rows), ...both(columns)];
  if (sides.length !== 4 || !sides.every((n) => n === 0 || isCount(n))) {
    call.fail(`its ${key} is ${shown(found)}, which is not a frame around a picture`);
  }
  return sides;
}

/** How a window is padded: Keras's "same", or not at all. */
function padding(call: LayerCall): "same" | [0, 0, 0, 0] {
  const found = call.config.padding ?? "valid";
  if (found === "same") return "same";
  if (found !== "valid") call.fail(`its padding is ${shown(found)}; "same" and "valid" are known`);
  return [0, 0, 0, 0];
}

/** Refuses any axis but the last. */
function lastAxis(call: LayerCall): void {
  const found = call.config.axis ?? -1;
  const axis = Array.isArray(found) && found.length === 1 ? found[0] : found;
  // counted with the batch
  if (axis !== -1 && axis !== call.writer.shapeOf(call.inputs[0]).length) {
    call.fail(`it works along axis ${shown(found)}; only the last is supported`);
  }
}

const bias = (call: LayerCall, size: number): Record<string, WeightRole> =>
  flag(call, "use_bias") ? { bias: { role: "bias", shape: [size] } } : {};

/** Channels of a layer's first input. */
const channelsOf = ({ writer, inputs }: LayerCall): number => writer.shapeOf(inputs[0]).at(-1)!;

function count(call: LayerCall, key: string, or?: number): number {
  const found = call.config[key] ?? or;
  return isCount(found) ? found : call.fail(`its ${key} is ${shown(found)}`);
}

/** How a convolution's window moves. */
const windowAttrs = (call: LayerCall) => ({
  strides: pair(call, "strides", [1, 1]),
  pad: padding(call),
  dilations: pair(call, "dilation_rate", [1, 1]),
});

/** The window of a 1×1 convolution. */
const POINTWISE = { strides: [1, 1], pad: [0, 0, 0, 0], dilations: [1, 1] };

const conv2d: Converter = (call) => {
  if ((call.config.groups ?? 1) !== 1) call.fail("it has several groups, which is not supported");
  const out = count(call, "filters");
  const kernel = [...pair(call, "kernel_size"), channelsOf(call), out];
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, "conv2d", call.inputs, windowAttrs(call), {
        kernel: { role: "kernel", shape: kernel },
        ...bias(call, out),
      }),
  );
};

const depthwiseConv2d: Converter = (call) => {
  const cin = channelsOf(call), multiplier = count(call, "depth_multiplier", 1);
  const kernel = [...pair(call, "kernel_size"), cin, multiplier];
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, "depthwiseConv2d", call.inputs, windowAttrs(call), {
        kernel: { role: ["depthwise_kernel", "kernel"], shape: kernel },
        ...bias(call, cin * multiplier),
      }),
  );
};

const separableConv2d: Converter = (call) => {
  const cin = channelsOf(call), out = count(call, "filters");
  const middle = cin * count(call, "depth_multiplier", 1);
  const depthwise = [...pair(call, "kernel_size"), cin, middle / cin];
  const between = call.writer.add(
    call,
    `${call.name}.depthwise`,
    "depthwiseConv2d",
    call.inputs,
    windowAttrs(call),
    { kernel: { role: "depthwise_kernel", shape: depthwise } },
  );
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, "conv2d", [between], POINTWISE, {
        kernel: { role: "pointwise_kernel", shape: [1, 1, middle, out] },
        ...bias(call, out),
      }),
  );
};

/** On a picture, Keras's Dense works pixel by pixel: a 1×1 convolution. */
const dense: Converter = (call) => {
  const units = count(call, "units"), features = channelsOf(call);
  const isPicture = call.writer.shapeOf(call.inputs[0]).length === 3;
  const attrs = isPicture ? POINTWISE : {};
  return withActivation(
    call,
    (name) =>
      call.writer.add(call, name, isPicture ? "conv2d" : "dense", call.inputs, attrs, {
        kernel: {
          role: "kernel",
          stored: [features, units],
          shape: isPicture ? [1, 1, features, units] : [features, units],
        },
        ...bias(call, units),
      }),
  );
};

const batchNormalization: Converter = (call) => {
  lastAxis(call);
  const shape = [channelsOf(call)];
  return call.writer.add(call, call.name, "batchNorm", call.inputs, {
    epsilon: number(call, ["epsilon"], 1e-3),
  }, {
    mean: { role: "moving_mean", shape },
    variance: { role: "moving_variance", shape },
    ...(flag(call, "scale") ? { scale: { role: "gamma", shape } } : {}),
    ...(flag(call, "center") ? { offset: { role: "beta", shape } } : {}),
  });
};

/** One number for each channel, from one number for all or from a list. */
function perChannel(call: LayerCall, key: string, or?: number): Float32Array {
  const found = call.config[key] ?? or, channels = channelsOf(call);
  const numbers = (Array.isArray(found) ? found : [found]).flat(4);
  if (
    numbers.length !== 1 && numbers.length !== channels ||
    !numbers.every((n) => typeof n === "number")
  ) {
    call.fail(`its ${key} is ${shown(found)}, not one number or ${channels}`);
  }
  return call.writer.constant(call, channels).map((_, i) => numbers[numbers.length === 1 ? 0 : i]);
}

/** `x · scale + offset`, as a batch-norm whose statistics are those of nothing. */
const rescaling: Converter = (call) => {
  const scale = perChannel(call, "scale"), offset = perChannel(call, "offset", 0);
  return call.writer.add(call, call.name, "batchNorm", call.inputs, { epsilon: 0 }, {
    mean: { constant: scale.map(() => 0), role: "mean" },
    variance: { constant: scale.map(() => 1), role: "variance" },
    scale: { constant: scale, role: "scale" },
    offset: { constant: offset, role: "offset" },
  });
};

/** `(x − mean) / √variance`, from weights or, where they were given, from the layer's own numbers. */
const normalization: Converter = (call) => {
  lastAxis(call);
  if (call.config.invert === true) call.fail("its invert option is not supported");
  const given = call.config.mean !== undefined && call.config.mean !== null;
  const of = (role: string): WeightRole =>
    given ? { role, constant: perChannel(call, role) } : { role, shape: [channelsOf(call)] };
  return call.writer.add(call, call.name, "batchNorm", call.inputs, { epsilon: 0 }, {
    mean: of("mean"),
    variance: of("variance"),
  });
};

const relu: Converter = (call) => {
  const limit = call.config.max_value ?? null, slope = number(call, ["negative_slope"], 0);
  if (number(call, ["threshold"], 0) !== 0) call.fail("its threshold is not 0");
  if (limit === null && slope === 0) return call.writer.add(call, call.name, "relu", call.inputs);
  if (limit === null) {
    return call.writer.add(call, call.name, "leakyRelu", call.inputs, { alpha: slope });
  }
  if (limit !== 6 || slope !== 0) {
    call.fail(
      `its max_value is ${shown(limit)} and its negative_slope ${slope}; 6 and 0 are known`,
    );
  }
  return call.writer.add(call, call.name, "relu6", call.inputs);
};

const pool = (op: string): Converter => (call) => {
  const kernel = pair(call, "pool_size", [2, 2]);
  return call.writer.add(call, call.name, op, call.inputs, {
    kernel,
    strides: pair(call, "strides", kernel),
    pad: padding(call),
    ceil: false,
  });
};

const globalPool = (op: string): Converter => (call) => {
  if (call.config.keepdims !== true) return call.writer.add(call, call.name, op, call.inputs);
  const pooled = call.writer.add(call, `${call.name}.pool`, op, call.inputs);
  return call.writer.add(call, call.name, "reshape", [pooled], { shape: [1, 1, channelsOf(call)] });
};

const plain = (op: string): Converter => (call) =>
  call.writer.add(call, call.name, op, call.inputs);

/** Subtract takes two inputs, the other merges two or more. */
const merge = (op: string): Converter => (call) => {
  const { inputs } = call;
  if (inputs.length < 2 || op === "subtract" && inputs.length > 2) {
    call.fail(`it has ${inputs.length} inputs`);
  }
  return call.writer.add(call, call.name, op, inputs);
};

const reshape: Converter = (call) => {
  const found = call.config.target_shape;
  // TensorFlow.js writes an open size as null, Keras as -1
  const shape: unknown[] = Array.isArray(found) ? found.map((n) => n ?? -1) : [];
  const open = shape.filter((n) => n === -1).length;
  if (!shape.length || open > 1 || !shape.every((n) => n === -1 || isCount(n))) {
    call.fail(`its target_shape is ${shown(found)}`);
  }
  return call.writer.add(call, call.name, "reshape", call.inputs, { shape });
};

const upSampling2d: Converter = (call) => {
  const how = call.config.interpolation ?? "nearest";
  if (how !== "nearest") call.fail(`its interpolation is ${shown(how)}; only nearest is supported`);
  return call.writer.add(call, call.name, "upsampleNearest", call.inputs, {
    factor: pair(call, "size", [2, 2]),
  });
};

/** Does nothing at inference. */
const nothing: Converter = (call) => call.writer.name(call.name, call.inputs[0]);

const LAYERS: ReadonlyMap<string, Converter> = new Map<string, Converter>([
  [
    "Activation",
    (call) =>
      activationOf(call) === "linear" ? nothing(call) : activate(call, call.name, call.inputs[0]),
  ],
  ["ActivityRegularization", nothing],
  ["Add", merge("add")],
  ["AlphaDropout", nothing],
  ["Average", merge("average")],
  ["AveragePooling2D", pool("avgPool")],
  ["BatchNormalization", batchNormalization],
  ["Concatenate", (call) => {
    lastAxis(call);
    return merge("concat")(call);
  }],
  ["Conv2D", conv2d],
  [
    "Cropping2D",
    (call) =>
      call.writer.add(call, call.name, "crop", call.inputs, { crop: frame(call, "cropping") }),
  ],
  ["Dense", dense],
  ["DepthwiseConv2D", depthwiseConv2d],
  ["Dropout", nothing],
  [
    "ELU",
    (call) =>
      call.writer.add(call, call.name, "elu", call.inputs, { alpha: number(call, ["alpha"], 1) }),
  ],
  ["Flatten", plain("flatten")],
  ["GaussianDropout", nothing],
  ["GaussianNoise", nothing],
  ["GlobalAveragePooling2D", globalPool("globalAvgPool")],
  ["GlobalMaxPooling2D", globalPool("globalMaxPool")],
  ["LeakyReLU", (call) =>
    call.writer.add(call, call.name, "leakyRelu", call.inputs, {
      alpha: number(call, ["alpha", "negative_slope"], 0.3),
    })],
  ["MaxPooling2D", pool("maxPool")],
  ["Maximum", merge("maximum")],
  ["Multiply", merge("multiply")],
  ["Normalization", normalization],
  ["RandomBrightness", nothing],
  ["RandomContrast", nothing],
  ["RandomFlip", nothing],
  ["RandomRotation", nothing],
  ["RandomTranslation", nothing],
  ["RandomZoom", nothing],
  ["ReLU", relu],
  ["Rescaling", rescaling],
  ["Reshape", reshape],
  ["SeparableConv2D", separableConv2d],
  ["Softmax", (call) => {
    lastAxis(call);
    return call.writer.add(call, call.name, "softmax", call.inputs);
  }],
  ["SpatialDropout2D", nothing],
  ["Subtract", merge("subtract")],
  ["UpSampling2D", upSampling2d],
  [
    "ZeroPadding2D",
    (call) =>
      call.writer.add(call, call.name, "zeroPad", call.inputs, { pad: frame(call, "padding") }),
  ],
]);

/** The layer classes that can be converted. */
export const layerClasses: readonly string[] = [...LAYERS.keys()];

/**
 * Writes one use of a layer into its writer's graph.
 *
 * @returns The node that gives the layer's output.
 * @throws UserError for a setting that is not supported.
 */
export function writeLayer(call: LayerCall): string {
  if (call.config.data_format === "channels_first") {
    call.fail('its data_format is "channels_first"; only "channels_last" is supported');
  }
  const one = LAYERS.get(call.className)!;
  const many = /^(Add|Average|Concatenate|Maximum|Multiply|Subtract)$/.test(call.className);
  if (!many && call.inputs.length !== 1) call.fail(`it has ${call.inputs.length} inputs`);
  return one(call);
}
