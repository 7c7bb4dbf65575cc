/** Pooling, normalization, and resizing of pictures. */
import type { Call, Converter, Converters } from "../../onnx/call.ts";
import { integers } from "../../onnx/constants.ts";
import { ofChannels } from "../../onnx/ops/normalizations.ts";
import { channelsFirst, channelsLast, listIn, say } from "../said.ts";
import { padding, pair, picture, pictureOf, refuseChannelsFirst } from "./convolutions.ts";

const pool = (op: string): Converter => (call) => {
  refuseChannelsFirst(call);
  const node = picture(call, call.live(0)), pad = padding(call);
  const kernel = pair(call, "ksize"), strides = pair(call, "strides");
  if (pad !== "same" && (pad as readonly number[]).some((n, side) => n >= kernel[side >> 1])) {
    call.fail(`its pads [${pad}] are as large as its window [${kernel}]`, undefined, "bad-file");
  }
  return pictureOf(call, call.add(op, [node], { kernel, strides, pad }));
};

const batchNorm = (epsilon: number): Converter => (call) => {
  refuseChannelsFirst(call);
  const node = picture(call, call.live(0)), channels = call.writer.shapeOf(node)[2];
  const attrs = { epsilon: call.float("epsilon", epsilon) };
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((n) => ofChannels(call, n, channels));
  return pictureOf(call, call.add("batchNorm", [node], attrs, { scale, offset, mean, variance }));
};

/** Through an operator of ONNX's that has its channels ahead. */
function turnedAround(
  call: Call,
  op: string,
  attributes: Parameters<typeof say>[3],
  further: Parameters<typeof say>[2] = [],
) {
  return channelsLast(
    call,
    say(call, op, [channelsFirst(call, call.live(0)), ...further], attributes),
  );
}

const localResponse: Converter = (call) => {
  const size = 2 * call.int("depth_radius", 5) + 1;
  return turnedAround(call, "LRN", {
    size,
    bias: call.float("bias", 1),
    alpha: call.float("alpha", 1) * size,
    beta: call.float("beta", 0.5),
  });
};

const resize = (mode: "linear" | "nearest"): Converter => (call) => {
  const sizes = listIn(call, 1), { shape } = call.live(0);
  if (sizes.length !== 2 || !sizes.every((n) => n >= 1)) {
    call.fail(`its size is [${sizes.slice(0, 9).join(", ")}]`, undefined, "bad-file");
  }
  const [corners, centers] = ["align_corners", "half_pixel_centers"].map((name) =>
    call.int(name, 0) === 1
  );
  const grid = corners ? "align_corners" : centers ? "half_pixel" : "asymmetric";
  return turnedAround(call, "Resize", {
    mode,
    coordinate_transformation_mode: grid,
    nearest_mode: grid === "asymmetric" ? "floor" : "round_prefer_ceil",
  }, [undefined, undefined, integers([1, shape[3], ...sizes])]);
};

/** Blocks of channels become blocks of pixels. */
const depthToSpace: Converter = (call) => {
  refuseChannelsFirst(call);
  return turnedAround(call, "DepthToSpace", { blocksize: call.int("block_size", 0) });
};

export const pictures: Converters = {
  MaxPool: pool("maxPool"),
  AvgPool: pool("avgPool"),
  FusedBatchNorm: batchNorm(1e-4),
  FusedBatchNormV2: batchNorm(1e-4),
  FusedBatchNormV3: batchNorm(1e-4),
  LRN: localResponse,
  ResizeBilinear: resize("linear"),
  ResizeNearestNeighbor: resize("nearest"),
  DepthToSpace: depthToSpace,
};
