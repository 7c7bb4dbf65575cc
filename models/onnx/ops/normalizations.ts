/** Normalization: by statistics that were learnt, or by the input's own; softmax. */
import { sizeOf } from "../../../core/values.ts";
import type { Call, Converters } from "../call.ts";
import { broadcastTo, type Constant, reshaped } from "../constants.ts";
import { arranged } from "../layout.ts";
import { type Live, type Value, view } from "../values.ts";
import { asIs, type Parameter } from "../parameter.ts";

/** A value with its channels, ONNX's axis 1, last. */
function channelsLast(call: Call, live: Live): { node: string; order: number[]; channels: number } {
  const { shape } = live;
  if (shape.length < 2) call.fail(`it reads [${shape.join(", ")}], which has no channels`);
  const behind = [...shape.keys()].slice(2);
  const order = shape[0] === 1 ? [...behind, 1] : [0, ...behind, 1];
  const wide = shape.length === 4 ? order : order.filter((axis) => axis === 1 || shape[axis] > 1);
  const node = arranged(call.writer, live, wide.map((axis) => [axis]));
  return { node, order: wide, channels: shape[1] };
}

/** A constant with a number for each channel. */
export function ofChannels(call: Call, n: number, channels: number): Parameter {
  const constant = call.constant(n);
  if (constant.data.length !== channels) {
    call.fail(
      `its input ${n + 1} is [${constant.shape.join(", ")}], not [${channels}]`,
      undefined,
      "bad-file",
    );
  }
  return asIs(constant, [channels]);
}

function batchNormalization(call: Call): Value {
  if (call.int("training_mode", 0) !== 0) call.fail("it is in training mode: export it for use");
  call.only("spatial", 1);
  const live = call.live(0), { node, order, channels } = channelsLast(call, live);
  const param = (n: number) => ofChannels(call, n, channels);
  const made = call.add("batchNorm", [node], { epsilon: call.float("epsilon", 1e-5) }, {
    scale: param(1),
    offset: param(2),
    mean: param(3),
    variance: param(4),
  });
  return view(made, live.shape, order);
}

function instanceNormalization(call: Call): Value {
  const live = call.live(0), { node, order, channels } = channelsLast(call, live);
  const attrs = { groups: channels, epsilon: call.float("epsilon", 1e-5) };
  const scale = ofChannels(call, 1, channels), offset = ofChannels(call, 2, channels);
  return view(call.add("groupNorm", [node], attrs, { scale, offset }), live.shape, order);
}

/** A number for each group, or for each channel of it. */
function perChannel(call: Call, n: number, channels: number, groups: number): Parameter {
  const constant = call.constant(n);
  if (constant.data.length !== groups) return ofChannels(call, n, channels);
  const wide = broadcastTo(reshaped(constant, [groups, 1]), [groups, channels / groups]);
  return asIs(wide, [channels]);
}

function groupNormalization(call: Call): Value {
  const live = call.live(0), { node, order, channels } = channelsLast(call, live);
  const groups = call.int("num_groups", 0);
  if (!(groups >= 1) || channels % groups) {
    call.fail(`${channels} channels do not make ${groups} groups`, undefined, "bad-file");
  }
  const attrs = { groups, epsilon: call.float("epsilon", 1e-5) };
  const params = {
    scale: perChannel(call, 1, channels, groups),
    offset: perChannel(call, 2, channels, groups),
  };
  return view(call.add("groupNorm", [node], attrs, params), live.shape, order);
}

function layerNormalization(call: Call): Value {
  const live = call.live(0), { shape } = live;
  if (call.wants(1) || call.wants(2)) call.fail("its further outputs are not supported");
  const from = call.axis(call.int("axis", -1), shape.length);
  const own = [...shape.keys()].slice(from), wide = shape.flatMap((n, axis) => n > 1 ? [axis] : []);
  const outside = wide.filter((axis) => axis < from);
  const inside = own.filter((axis) => shape[axis] > 1);
  const last = inside.length ? inside : [shape.length - 1];
  const size = last.map((axis) => shape[axis]), order = inPlace(live, outside, last);
  const node = arranged(call.writer, live, order.map((axis) => [axis]));
  const param = (n: number, constant: Constant): Parameter => {
    if (constant.data.length !== sizeOf(size)) {
      call.fail(
        `its input ${n + 1} is [${constant.shape.join(", ")}], not [${size.join(", ")}]`,
        undefined,
        "bad-file",
      );
    }
    return asIs(constant, size);
  };
  const offset = call.optional(2);
  const made = call.add("layerNorm", [node], {
    axes: size.length,
    epsilon: call.node.epsilon ?? call.float("epsilon", 1e-5),
  }, { scale: param(1, call.constant(1)), ...(offset ? { offset: param(2, offset) } : {}) });
  return view(made, shape, order);
}

/** Axes in the engine's order where each is one of its own, then some that must be last. */
function inPlace(live: Live, outside: readonly number[], last: readonly number[]): number[] {
  const single = outside.every((axis) => live.axes[axis].length === 1);
  const order = single
    ? outside.toSorted((a, b) => live.axes[a][0] - live.axes[b][0])
    : [...outside];
  return [...order, ...last];
}

function lrn(call: Call): Value {
  const live = call.live(0), { node, order } = channelsLast(call, live);
  const made = call.add("lrn", [node], {
    size: call.int("size", 1),
    alpha: call.float("alpha", 1e-4),
    beta: call.float("beta", 0.75),
    bias: call.float("bias", 1),
  });
  return view(made, live.shape, order);
}

/** Over one axis since opset 13; before, over all from an axis on, which must be one. */
const softmax = (op: string) => (call: Call): Value => {
  const live = call.live(0), rank = live.shape.length, { shape } = live;
  const axis = call.axis(call.int("axis", call.opset < 13 ? 1 : -1), rank);
  const over = call.opset < 13 ? [...shape.keys()].slice(axis).filter((a) => shape[a] > 1) : [axis];
  if (over.length > 1) call.fail("it is over several axes, which is not supported");
  const [own = axis] = over;
  const outside = shape.flatMap((size, a) => size > 1 && a !== own ? [a] : []);
  const order = inPlace(live, outside, [own]);
  const node = arranged(call.writer, live, order.map((a) => [a]));
  return view(call.add(op, [node]), shape, order);
};

export const normalizations: Converters = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  LRN: lrn,
  Softmax: softmax("softmax"),
  LogSoftmax: softmax("logSoftmax"),
};
