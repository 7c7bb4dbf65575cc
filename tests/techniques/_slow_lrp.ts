/**
 * Relevance propagation as the papers write it: unit by unit, contribution by contribution, in double
 * precision. Slow, and for small networks only.
 */
import { sizeOf, type Values } from "../../core/values.ts";
import { INPUT, type Node } from "../../engine/graph.ts";
import type { Network } from "../../engine/network.ts";
import { summarize } from "../../engine/summary.ts";

/** `x·w`, one contribution to a unit: from a number of one of the node's inputs. */
interface Edge {
  readonly input: string;
  readonly at: number;
  readonly w: number;
}

interface Unit {
  readonly edges: readonly Edge[];
  readonly bias: number;
}

/** A contribution with the value it comes from. */
interface Contribution {
  readonly x: number;
  readonly w: number;
  readonly low: number;
  readonly high: number;
}

/** Relevance of each contribution, from the unit's. */
type Formula = (contributions: readonly Contribution[], bias: number, R: number) => number[];

const { max, min, abs } = Math;
const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const stable = (z: number, epsilon = 1e-6) => z >= 0 ? z + epsilon : z - epsilon;

export const formulas = {
  epsilon: (epsilon: number): Formula => (c, b, R) => {
    const z = c.map(({ x, w }) => x * w);
    return z.map((zi) => zi / stable(total(z) + b, epsilon) * R);
  },
  alphaBeta: (alpha: number): Formula => (c, b, R) => {
    const up = c.map(({ x, w }) => max(x * w, 0)), down = c.map(({ x, w }) => min(x * w, 0));
    const zUp = stable(total(up) + max(b, 0)), zDown = stable(total(down) + min(b, 0));
    return c.map((_, i) => (alpha * up[i] / zUp - (alpha - 1) * down[i] / zDown) * R);
  },
  gamma: (gamma: number): Formula => (c, b, R) => {
    const z = total(c.map(({ x, w }) => x * w)) + b;
    const favoured = (part: number) => part + gamma * (z >= 0 ? max(part, 0) : min(part, 0));
    // x·(w + γw⁺) for x ≥ 0 and x·(w + γw⁻) for x < 0 is xw + γ(xw)⁺
    const shares = c.map(({ x, w }) => favoured(x * w));
    return shares.map((share) => share / stable(total(shares) + favoured(b)) * R);
  },
  box: (): Formula => (c, _b, R) => {
    const z = c.map(({ x, w, low, high }) => x * w - low * max(w, 0) - high * min(w, 0));
    return z.map((zi) => zi / stable(total(z)) * R);
  },
};

/** What is not shared goes to all by the size of their contributions. */
const spreading = (formula: Formula): Formula => (c, b, R) => {
  const given = formula(c, b, R), sizes = c.map(({ x, w }) => abs(x * w));
  return given.map((r, i) => r + (R - total(given)) * sizes[i] / stable(total(sizes)));
};

/** Which formula stands where. */
export interface Formulas {
  /** For convolutions that read the image; the others' formula where left out. */
  readonly first?: Formula;
  readonly convolution: Formula;
  readonly dense: Formula;
  readonly spread: boolean;
  /** Least and greatest values of the image's channels. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** What a network says of an image, and how it comes to say so. */
export interface Explained {
  readonly logits: Float64Array;
  /** Relevance of a logit at the image, flat. */
  relevance(target: number, formulas: Formulas): Float64Array;
}

const WEIGHTED = new Set(["conv2d", "convTranspose2d", "depthwiseConv2d", "dense"]);

/** Activations, from a number and its channel's slope. */
const ACTIVATIONS: Readonly<Record<string, (x: number, slope: number) => number>> = {
  relu: (x) => max(x, 0),
  swish: (x) => x / (1 + Math.exp(-x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  prelu: (x, slope) => x > 0 ? x : slope * x,
  // as approximated
  gelu: (x) => x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** @param image `[height, width, 3]` */
export function explain(network: Network, image: Values): Explained {
  const { graph } = network, [height, width] = image.shape;
  const shapes = new Map<string, readonly number[]>([
    [INPUT, image.shape],
    ...summarize(graph, height, width).map(({ name, shape }) => [name, shape] as const),
  ]);
  const parameter = (node: Node, role: string) => {
    const own = network.parameters.of(node);
    return own.has(role) ? own.values(role) : undefined;
  };
  const affine = (norm: Node, c: number) => {
    const [scale, offset, mean, variance] = ["scale", "offset", "mean", "variance"]
      .map((role) => parameter(norm, role)?.[c]);
    const slope = (scale ?? 1) / Math.sqrt(variance! + (norm.attrs.epsilon as number));
    return { slope, shift: (offset ?? 0) - mean! * slope };
  };
  const folded = new Map<string, Node>();
  for (const norm of graph.nodes.filter(({ op }) => op === "batchNorm")) {
    const [source] = norm.inputs, node = graph.nodes.find(({ name }) => name === source);
    const readers = graph.nodes.filter(({ inputs }) => inputs.includes(source));
    const folds = node && WEIGHTED.has(node.op);
    if (folds && readers.length === 1) folded.set(source, norm);
  }
  const isFolded = (norm: Node) => folded.get(norm.inputs[0]) === norm;

  /** Where number `j` of a picture is in a value that is broadcast to it: one for each channel. */
  const at = (name: string, j: number) => {
    const shape = shapes.get(name)!;
    return shape.length === 3 ? j : j % shape[0];
  };

  /** The numbers under a window, as flat positions with the window's own. */
  function* window(node: Node, kernel: readonly number[], oy: number, ox: number) {
    const [h, w] = shapes.get(node.inputs[0])!;
    const { strides, pad, dilations = [1, 1] } = node.attrs as Record<string, number[]>;
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const y = oy * strides[0] - pad[0] + ky * dilations[0];
        const x = ox * strides[1] - pad[2] + kx * dilations[1];
        if (y >= 0 && y < h && x >= 0 && x < w) {
          yield { pixel: y * w + x, tap: ky * kernel[1] + kx };
        }
      }
    }
  }

  function unit(node: Node, j: number): Unit {
    const out = shapes.get(node.name)!, channels = out.at(-1)!, c = j % channels;
    const pixel = Math.floor(j / channels), oy = Math.floor(pixel / out[1]), ox = pixel % out[1];
    const [input] = node.inputs, from = shapes.get(input)!, cin = from.at(-1)!;
    const weighted = (edges: Edge[]): Unit => {
      const bias = parameter(node, "bias")?.[c] ?? 0, norm = folded.get(node.name);
      const { slope, shift } = norm ? affine(norm, c) : { slope: 1, shift: 0 };
      return {
        edges: edges.map((edge) => ({ ...edge, w: edge.w * slope })),
        bias: bias * slope + shift,
      };
    };
    const mean = (pixels: readonly number[]): Unit => ({
      edges: pixels.map((p) => ({ input, at: p * cin + c, w: 1 / pixels.length })),
      bias: 0,
    });
    const all = from.length === 3 ? from[0] * from[1] : 0;
    switch (node.op) {
      case "conv2d": {
        const kernel = parameter(node, "kernel")!, groups = (node.attrs.groups as number) ?? 1;
        const own = cin / groups, first = Math.floor(c / (channels / groups)) * own;
        return weighted(
          [...window(node, kernel.shape, oy, ox)].flatMap(({ pixel, tap }) =>
            Array.from({ length: own }, (_, i) => ({
              input,
              at: pixel * cin + first + i,
              w: kernel[(tap * own + i) * channels + c],
            }))
          ),
        );
      }
      case "convTranspose2d": {
        const kernel = parameter(node, "kernel")!, [kh, kw] = kernel.shape;
        const { strides, pad } = node.attrs as Record<string, number[]>;
        const edges: Edge[] = [];
        for (let p = 0; p < all; p++) {
          const ky = oy + pad[0] - Math.floor(p / from[1]) * strides[0];
          const kx = ox + pad[2] - (p % from[1]) * strides[1];
          if (ky < 0 || ky >= kh || kx < 0 || kx >= kw) continue;
          for (let i = 0; i < cin; i++) {
            const w = kernel[((ky * kw + kx) * channels + c) * cin + i];
            edges.push({ input, at: p * cin + i, w });
          }
        }
        return weighted(edges);
      }
      case "depthwiseConv2d": {
        const kernel = parameter(node, "kernel")!, i = Math.floor(c / kernel.shape[3]);
        return weighted([...window(node, kernel.shape, oy, ox)].map(({ pixel, tap }) => ({
          input,
          at: pixel * cin + i,
          w: kernel[tap * channels + c],
        })));
      }
      case "dense": {
        const kernel = parameter(node, "kernel")!;
        return weighted(
          Array.from({ length: cin }, (_, i) => ({ input, at: i, w: kernel[i * channels + j] })),
        );
      }
      case "add":
        return {
          edges: node.inputs.map((name) => ({ input: name, at: at(name, j), w: 1 })),
          bias: 0,
        };
      // relevance goes to the signal; the value is multiplied below
      case "multiply": {
        const signal = node.inputs.find((name) => sizeOf(shapes.get(name)!) === sizeOf(out))!;
        return { edges: [{ input: signal, at: j, w: 1 }], bias: 0 };
      }
      case "resizeBilinear": {
        const shares = from.slice(0, 2).map((size, axis) => {
          const place = ([oy, ox][axis] + 0.5) * size / out[axis] - 0.5;
          const inside = max(0, min(size - 1, place));
          return Array.from({ length: size }, (_, i) => max(0, 1 - abs(inside - i)));
        });
        return {
          edges: shares[0].flatMap((a, y) =>
            shares[1].map((b, x) => ({ input, at: (y * from[1] + x) * cin + c, w: a * b }))
          ).filter(({ w }) => w > 0),
          bias: 0,
        };
      }
      case "subtract":
        return {
          edges: node.inputs.map((name, i) => ({ input: name, at: j, w: 1 - 2 * i })),
          bias: 0,
        };
      case "avgPool":
        return mean(
          [...window(node, node.attrs.kernel as number[], oy, ox)].map(({ pixel }) => pixel),
        );
      case "globalAvgPool":
        return mean(Array.from({ length: all }, (_, p) => p));
      case "adaptiveAvgPool": {
        const rows = from.slice(0, 2).map((size, axis) => {
          const at = [oy, ox][axis];
          const first = Math.floor(at * size / out[axis]);
          const last = Math.ceil((at + 1) * size / out[axis]);
          return Array.from({ length: last - first }, (_, i) => first + i);
        });
        return mean(rows[0].flatMap((y) => rows[1].map((x) => y * from[1] + x)));
      }
      case "maxPool": {
        const inside = [...window(node, node.attrs.kernel as number[], oy, ox)]
          .map(({ pixel }) => pixel * cin + c);
        const x = values.get(input)!;
        const won = inside.reduce((best, at) => x[at] > x[best] ? at : best);
        return { edges: [{ input, at: won, w: 1 }], bias: 0 };
      }
      case "shortcutA": {
        const stride = node.attrs.stride as number, [before] = node.attrs.channels as number[];
        const i = c - before, at = (oy * stride * from[1] + ox * stride) * cin + i;
        return { edges: i >= 0 && i < cin ? [{ input, at, w: 1 }] : [], bias: 0 };
      }
      case "concat": {
        let i = c;
        for (const name of node.inputs) {
          const count = shapes.get(name)!.at(-1)!;
          if (i < count) return { edges: [{ input: name, at: pixel * count + i, w: 1 }], bias: 0 };
          i -= count;
        }
        throw new Error("beyond the last input");
      }
      case "relu":
      case "swish":
      case "gelu":
      case "prelu":
      case "sigmoid":
      case "flatten":
      case "batchNorm":
        return { edges: [{ input, at: j, w: 1 }], bias: 0 };
      default:
        throw new Error(`The slow copy does not know ${node.op}`);
    }
  }

  const values = new Map<string, Float64Array>([[INPUT, Float64Array.from(image)]]);
  const units = new Map<string, Unit[]>();
  for (const node of graph.nodes) {
    const all = Array.from({ length: sizeOf(shapes.get(node.name)!) }, (_, j) => unit(node, j));
    units.set(node.name, all);
    const norm = node.op === "batchNorm" && !isFolded(node);
    values.set(
      node.name,
      Float64Array.from(all, ({ edges, bias }, j) => {
        const z = total(edges.map(({ input, at, w }) => values.get(input)![at] * w)) + bias;
        if (node.op === "multiply") {
          return node.inputs.reduce((p, name) => p * values.get(name)![at(name, j)], 1);
        }
        const activation = ACTIVATIONS[node.op], slopes = parameter(node, "alpha");
        if (activation) return activation(z, slopes ? slopes[j % slopes.length] : 0);
        const { slope, shift } = norm
          ? affine(node, j % shapes.get(node.name)!.at(-1)!)
          : { slope: 1, shift: 0 };
        return slope * z + shift;
      }),
    );
  }

  function formula(node: Node, setup: Formulas): Formula | undefined {
    const spread = setup.spread ? spreading : (plain: Formula) => plain;
    switch (node.op) {
      case "dense":
        return spread(setup.dense);
      case "conv2d":
      case "convTranspose2d":
      case "depthwiseConv2d": {
        if (node.inputs[0] === INPUT && setup.first) return spread(setup.first);
        const kernel = parameter(node, "kernel")!.shape, from = shapes.get(node.inputs[0])!;
        const whole = kernel[0] === from[0] && kernel[1] === from[1] &&
          (node.attrs.pad as number[]).every((p) => p === 0);
        return spread(whole ? setup.dense : setup.convolution);
      }
      case "add":
      case "subtract":
      case "avgPool":
      case "globalAvgPool":
      case "adaptiveAvgPool":
      case "resizeBilinear":
        return formulas.epsilon(1e-6);
    }
  }

  function relevance(target: number, setup: Formulas) {
    const relevances = new Map(
      [...values].map(([name, { length }]) => [name, new Float64Array(length)]),
    );
    relevances.get(graph.output)![target] = values.get(graph.output)![target];
    for (const node of graph.nodes.toReversed()) {
      const share = formula(node, setup);
      units.get(node.name)!.forEach(({ edges, bias }, j) => {
        const R = relevances.get(node.name)![j];
        if (R === 0) return; // shares of nothing
        const contributions = edges.map(({ input, at, w }) => ({
          x: values.get(input)![at],
          w,
          low: setup.low[at % 3],
          high: setup.high[at % 3],
        }));
        const given = share ? share(contributions, bias, R) : edges.map(() => R);
        edges.forEach(({ input, at }, i) => relevances.get(input)![at] += given[i]);
      });
    }
    return relevances.get(INPUT)!;
  }

  return { logits: values.get(graph.output)!, relevance };
}
