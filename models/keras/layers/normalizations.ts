/** Normalization and rescaling. */
import { shown } from "../files.ts";
import type { LayerCall, WeightRole } from "../writer.ts";
import {
  channelsOf,
  type Converter,
  type Converters,
  count,
  flag,
  lastAxis,
  number,
} from "./settings.ts";

const batchNormalization: Converter = (call) => {
  lastAxis(call);
  const shape = [channelsOf(call)];
  return call.writer.add(call, call.name, "batchNorm", call.inputs, {
    epsilon: number(call, ["epsilon"], 1e-3),
  }, {
    mean: { role: "moving_mean", shape },
    variance: { role: "moving_variance", shape },
    ...scaleAndShift(call, shape),
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

/** γ and β, as far as the layer has them. */
const scaleAndShift = (call: LayerCall, shape: readonly number[]): Record<string, WeightRole> => ({
  ...(flag(call, "scale") ? { scale: { role: "gamma", shape } } : {}),
  ...(flag(call, "center") ? { offset: { role: "beta", shape } } : {}),
});

/** Over the last axes: the channels of each pixel, or all of a picture. */
const layerNormalization: Converter = (call) => {
  if (call.config.rms_scaling === true) call.fail("its rms_scaling is not supported");
  const shape = call.writer.shapeOf(call.inputs[0]), found = call.config.axis ?? -1;
  // counted with the batch
  const axes = [found].flat().map(Number).map((axis) => axis < 0 ? axis + shape.length + 1 : axis);
  const last = axes.map((_, i) => shape.length - axes.length + 1 + i);
  if (last.join() !== axes.toSorted((a, b) => a - b).join() || !(last[0] > 0)) {
    call.fail(`it normalizes over the axes ${shown(found)}; only the last ones are supported`);
  }
  return call.writer.add(
    call,
    call.name,
    "layerNorm",
    call.inputs,
    { axes: axes.length, epsilon: number(call, ["epsilon"], 1e-3) },
    scaleAndShift(call, shape.slice(-axes.length)),
  );
};

const groupNormalization: Converter = (call) => {
  lastAxis(call);
  const channels = channelsOf(call);
  const groups = call.config.groups === -1 ? channels : count(call, "groups", 32);
  return call.writer.add(
    call,
    call.name,
    "groupNorm",
    call.inputs,
    { groups, epsilon: number(call, ["epsilon"], 1e-3) },
    scaleAndShift(call, [channels]),
  );
};

/** Layers that normalize or rescale. */
export const normalizingLayers: Converters = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  Normalization: normalization,
  Rescaling: rescaling,
};
