/**
 * What metrics are asked beside other programs: two networks, maps and draws that follow from their names
 * (`conformance/synthetic.ts`), so that others can be asked the same.
 */
import { modelOf, picture } from "../../conformance/networks.ts";
import { synthetic, syntheticNetwork } from "../../conformance/synthetic.ts";
import { type Random, random } from "../../core/random.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import type { Picture } from "../../image/mod.ts";
import type { Metric } from "../../run/metric.ts";
import type { Model } from "../../run/model.ts";

/** Two convolutions side by side, concatenated, then two that are added. */
function branches(channels: number, classes: number) {
  const net = new GraphBuilder([null, null, channels]);
  const conv = (name: string, x: string, from: number, to: number, kernel: number, stride = 1) =>
    net.conv(name, x, { in: from, out: to, kernel, stride, pad: (kernel - 1) / 2 });
  const first = net.relu("first", conv("stem", INPUT, channels, 8, 3));
  const left = net.relu("left.act", conv("left", first, 8, 6, 3, 2));
  const right = net.relu("right.act", conv("right", first, 8, 6, 1, 2));
  const both = net.add("both", "concat", [left, right]);
  const sum = net.sum("sum", [conv("body", both, 12, 10, 3), conv("side", both, 12, 10, 1)]);
  return net.build(net.dense("fc", net.globalAvgPool("pool", net.relu("out", sum)), 10, classes));
}

/** A network, its picture, and maps of it. */
export interface Beside {
  readonly model: Model;
  readonly picture: Picture;
  /** `[height, width]`, 0..1: any, many equal, and one that is zero in most places. */
  readonly maps: Readonly<Record<"any" | "levels" | "zeros", Values>>;
  /** `[height, width]`, all above zero. */
  readonly above: Values;
  /** `[height, width, channels]`, of both signs. */
  readonly signed: Values;
  /** `[height, width]`, 1 on the thing. */
  readonly mask: Values;
}

const made = (name: string, shape: readonly number[], to: (u: number) => number): Values =>
  values(synthetic(name, sizeOf(shape), to), shape);

function beside(name: string, width: number, height: number, channels: number): Beside {
  const share = (u: number) => (u + 1) / 2, size = [height, width];
  return {
    model: modelOf(syntheticNetwork(branches(channels, 4), name), width, height),
    picture: picture(width, height),
    maps: {
      any: made("map", size, share),
      levels: made("map", size, (u) => Math.round(4 * share(u)) / 4),
      zeros: made("map", size, (u) => Math.max(0, u)),
    },
    above: made("map", size, (u) => 2 + u),
    signed: made("attribution", [...size, channels], (u) => 0.1 * u + 0.02),
    mask: values(
      Float32Array.from(
        { length: height * width },
        (_, at) => at % width > width / 3 && at > height * width / 4 ? 1 : 0,
      ),
      size,
    ),
  };
}

/** Of colours, wider than high. */
export const coloured = (): Beside => beside("beside coloured", 28, 20, 3);
/** Of one channel, higher than wide. */
export const gray = (): Beside => beside("beside gray", 15, 18, 1);

/** Pictures of noise, `[count, ...shape]`, each number up to 0.1. */
export const noiseOf = (count: number, shape: readonly number[]): Values =>
  made("noise", [count, ...shape], (u) => 0.1 * u);

/** A metric whose pictures of noise are those, one after another, and whose whole numbers follow a name. */
export function withDraws(metric: Metric, noise?: Values): Metric {
  return {
    ...metric,
    judge(context) {
      let picture = 0, number = 0;
      const numbers = synthetic("numbers", 200_000);
      const draw = (shape: readonly number[]) => {
        const size = sizeOf(shape), from = picture++ * size;
        return values(noise!.slice(from, from + size), shape);
      };
      const integer = (low: number, high: number) =>
        low + Math.floor((numbers[number++] + 1) / 2 * (high - low + 1));
      const stub: Random = { ...random(0), normalValues: draw, uniformValues: draw, integer };
      return metric.judge({ ...context, random: { ...random(0), fork: () => stub } });
    },
  };
}
