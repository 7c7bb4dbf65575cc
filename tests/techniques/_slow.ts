/**
 * A network one number at a time, in double precision, with its own bookkeeping for gradients: slow,
 * literal, and nothing in common with the engine but the graph and the weights.
 */
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import type { Network } from "../../engine/network.ts";
import { modelOf, picture } from "../../conformance/networks.ts";
import { syntheticNetwork } from "../../conformance/synthetic.ts";
import { normalize } from "../../image/preprocess.ts";

export type Rule = "plain" | "guided" | "deconvnet";

interface Sum {
  readonly inputs: readonly number[];
  readonly weights: readonly number[];
}
/** What a number was made from: a weighted sum, or max(0, x) (at most `cap`). */
type Made = Sum | { readonly of: number; readonly cap: number };

/** Numbers in the order in which they were computed. */
export class Tape {
  readonly values: number[] = [];
  readonly #made: (Made | undefined)[] = [];

  #add(value: number, made?: Made): number {
    this.#made.push(made);
    return this.values.push(value) - 1;
  }

  leaf = (value: number) => this.#add(value);

  sum(inputs: readonly number[], weights: readonly number[], bias = 0): number {
    const value = inputs.reduce((total, at, i) => total + weights[i] * this.values[at], bias);
    return this.#add(value, { inputs, weights });
  }

  clip(of: number, cap: number): number {
    return this.#add(Math.min(cap, Math.max(0, this.values[of])), { of, cap });
  }

  /** d `of` / d every number, with another rule at the ReLUs. */
  gradient(of: number, rule: Rule = "plain"): Float64Array {
    const gradient = new Float64Array(this.values.length);
    gradient[of] = 1;
    for (let at = of; at >= 0; at--) {
      const made = this.#made[at], dy = gradient[at];
      if (!made || dy === 0) continue;
      if ("inputs" in made) {
        made.inputs.forEach((input, i) => gradient[input] += made.weights[i] * dy);
        continue;
      }
      const x = this.values[made.of], active = x > 0 && x < made.cap;
      if (rule === "plain" && active) gradient[made.of] += dy;
      if (rule === "guided" && active && dy > 0) gradient[made.of] += dy;
      if (rule === "deconvnet" && dy > 0) gradient[made.of] += dy;
    }
    return gradient;
  }

  /**
   * DeepLIFT's multipliers of `of`, by the rescale rule, from what the same network has made of a
   * baseline. Of a maximum, the one that was the greater counts, of picture and baseline.
   */
  multipliers(of: number, before: Tape): Float64Array {
    const multipliers = new Float64Array(this.values.length);
    multipliers[of] = 1;
    const change = (at: number) => this.values[at] - before.values[at];
    for (let at = of; at >= 0; at--) {
      const made = this.#made[at], madeBefore = before.#made[at], m = multipliers[at];
      if (!made || !madeBefore || m === 0) continue;
      if ("of" in made) {
        const active = this.values[made.of] > 0 && this.values[made.of] < made.cap;
        const slope = Math.abs(change(made.of)) < 1e-12
          ? Number(active)
          : change(at) / change(made.of);
        multipliers[made.of] += m * slope;
      } else if ("inputs" in madeBefore && made.inputs.join() === madeBefore.inputs.join()) {
        made.inputs.forEach((input, i) => multipliers[input] += made.weights[i] * m);
      } else {
        const [winner] = change(at) > 0 ? made.inputs : (madeBefore as Sum).inputs;
        multipliers[winner] += m * change(at) / change(winner);
      }
    }
    return multipliers;
  }
}

/** Places on a tape, `[height, width, channels]` or `[features]`. */
export interface Cells {
  readonly shape: readonly number[];
  readonly at: readonly number[];
}

export interface Slow {
  readonly tape: Tape;
  readonly layers: ReadonlyMap<string, Cells>;
  readonly logits: readonly number[];
}

/**
 * Runs a network.
 *
 * @param image `[height, width, 3]`
 * @param change What a layer's numbers become once they are computed.
 */
export function slow(
  network: Network,
  image: ArrayLike<number>,
  shape: readonly number[],
  change: Readonly<Record<string, (value: number, index: number) => number>> = {},
): Slow {
  const tape = new Tape(), layers = new Map<string, Cells>();
  layers.set(INPUT, { shape, at: Array.from(image, tape.leaf) });
  for (const node of network.graph.nodes) {
    const [x, ...others] = node.inputs.map((name) => layers.get(name)!);
    const parameters = network.parameters.of(node);
    const [, , channels] = x.shape, { attrs } = node;
    const at = (y: number, column: number, c: number) =>
      x.at[(y * x.shape[1] + column) * channels + c];
    let made: Cells;
    if (node.op === "conv2d") {
      const kernel = parameters.values("kernel"), [kh, kw, cin, cout] = kernel.shape;
      const bias = parameters.has("bias") ? parameters.values("bias") : undefined;
      const [sy, sx] = attrs.strides as number[], [top, , left] = attrs.pad as number[];
      const [bottom, right] = [(attrs.pad as number[])[1], (attrs.pad as number[])[3]];
      const height = Math.floor((x.shape[0] + top + bottom - kh) / sy) + 1;
      const width = Math.floor((x.shape[1] + left + right - kw) / sx) + 1;
      const cells: number[] = [];
      for (let y = 0; y < height; y++) {
        for (let column = 0; column < width; column++) {
          for (let o = 0; o < cout; o++) {
            const inputs: number[] = [], weights: number[] = [];
            for (let i = 0; i < kh; i++) {
              for (let j = 0; j < kw; j++) {
                const row = y * sy + i - top, place = column * sx + j - left;
                if (row < 0 || place < 0 || row >= x.shape[0] || place >= x.shape[1]) continue;
                for (let c = 0; c < cin; c++) {
                  inputs.push(at(row, place, c));
                  weights.push(kernel[((i * kw + j) * cin + c) * cout + o]);
                }
              }
            }
            cells.push(tape.sum(inputs, weights, bias?.[o]));
          }
        }
      }
      made = { shape: [height, width, cout], at: cells };
    } else if (node.op === "batchNorm") {
      const [scale, offset, mean, variance] = ["scale", "offset", "mean", "variance"]
        .map((role) => parameters.values(role));
      made = {
        shape: x.shape,
        at: x.at.map((cell, i) => {
          const c = i % channels;
          const slope = scale[c] / Math.sqrt(variance[c] + (attrs.epsilon as number));
          return tape.sum([cell], [slope], offset[c] - mean[c] * slope);
        }),
      };
    } else if (node.op === "relu" || node.op === "relu6") {
      const cap = node.op === "relu6" ? 6 : Infinity;
      made = { shape: x.shape, at: x.at.map((cell) => tape.clip(cell, cap)) };
    } else if (node.op === "add") {
      made = {
        shape: x.shape,
        at: x.at.map((cell, i) => tape.sum([cell, ...others.map((o) => o.at[i])], [1, 1])),
      };
    } else if (node.op === "concat") {
      const all = [x, ...others], places = x.shape[0] * x.shape[1];
      made = {
        shape: [x.shape[0], x.shape[1], all.reduce((sum, o) => sum + o.shape[2], 0)],
        at: Array.from(
          { length: places },
          (_, p) => all.flatMap((o) => o.at.slice(p * o.shape[2], (p + 1) * o.shape[2])),
        ).flat(),
      };
    } else if (node.op === "maxPool") {
      const [k] = attrs.kernel as number[], [s] = attrs.strides as number[];
      const height = Math.floor((x.shape[0] - k) / s) + 1;
      const width = Math.floor((x.shape[1] - k) / s) + 1;
      const cells: number[] = [];
      for (let y = 0; y < height; y++) {
        for (let column = 0; column < width; column++) {
          for (let c = 0; c < channels; c++) {
            let best = at(y * s, column * s, c);
            for (let i = 0; i < k * k; i++) {
              const cell = at(y * s + Math.floor(i / k), column * s + i % k, c);
              if (tape.values[cell] > tape.values[best]) best = cell;
            }
            cells.push(tape.sum([best], [1]));
          }
        }
      }
      made = { shape: [height, width, channels], at: cells };
    } else if (node.op === "globalAvgPool") {
      const places = x.shape[0] * x.shape[1];
      made = {
        shape: [channels],
        at: Array.from({ length: channels }, (_, c) =>
          tape.sum(
            Array.from({ length: places }, (_, p) => x.at[p * channels + c]),
            new Array(places).fill(1 / places),
          )),
      };
    } else if (node.op === "dense") {
      const kernel = parameters.values("kernel"), bias = parameters.values("bias");
      const out = kernel.shape[1];
      made = {
        shape: [out],
        at: Array.from(
          { length: out },
          (_, o) => tape.sum(x.at, x.at.map((_, i) => kernel[i * out + o]), bias[o]),
        ),
      };
    } else throw new Error(`no slow ${node.op}`);
    const changed = change[node.name];
    if (changed) {
      made = {
        ...made,
        at: made.at.map((c, i) => tape.leaf(changed(tape.values[c], i))),
      };
    }
    layers.set(node.name, made);
  }
  return { tape, layers, logits: layers.get(network.graph.output)!.at };
}

/**
 * Branches that are summed and concatenated, batch-norm, strides, a ReLU module used three times
 * (`again`, `again_1`, `again_2`: fused into a convolution, into a sum, and behind a value with two
 * readers), ReLU6, max-pooling.
 */
export function tangled({ stride = 1 } = {}) {
  const net = new GraphBuilder();
  const three = { kernel: 3, pad: 1 };
  const stem = net.conv("stem", INPUT, { ...three, in: 3, out: 6, bias: false });
  const first = net.relu("again", net.batchNorm("stem.bn", stem, 6));
  const deep = net.conv("deep", first, { ...three, in: 6, out: 5, stride: 2, bias: false });
  const side = net.conv("side", first, { in: 6, out: 5, kernel: 1, stride: 2 });
  const sum = net.sum("sum", [net.batchNorm("deep.bn", deep, 5), side]);
  const second = net.relu("again_1", sum);
  const third = net.relu("again_2", net.conv("mix", second, { ...three, in: 5, out: 4 }));
  const joined = net.add("joined", "concat", [second, third]);
  const pooled = net.maxPool("pooled", joined, { kernel: 2, stride });
  const last = net.conv("last", pooled, { ...three, in: 9, out: 7 });
  const capped = net.add("capped", "relu6", last);
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", capped), 7, 4));
  const [width, height] = [11, 13];
  const model = modelOf(syntheticNetwork(graph, "tangled"), width, height);
  const image = picture(width, height);
  const input = normalize(image, model.preprocess), shape = [height, width, 3];
  return { model, image, input, shape, height, width };
}

/** Bilinear interpolation with `align_corners=False`, from its definition. */
export function enlarge(
  map: ArrayLike<number>,
  [h, w]: readonly number[],
  height: number,
  width: number,
): number[] {
  const at = (y: number, x: number) =>
    map[Math.min(h - 1, Math.max(0, y)) * w + Math.min(w - 1, Math.max(0, x))];
  return Array.from({ length: height * width }, (_, i) => {
    const y = (Math.floor(i / width) + 0.5) * h / height - 0.5;
    const x = (i % width + 0.5) * w / width - 0.5;
    const [y0, x0] = [Math.floor(y), Math.floor(x)], [b, r] = [y - y0, x - x0];
    return (1 - b) * ((1 - r) * at(y0, x0) + r * at(y0, x0 + 1)) +
      b * ((1 - r) * at(y0 + 1, x0) + r * at(y0 + 1, x0 + 1));
  });
}
