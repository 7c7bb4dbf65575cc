/** Writes graphs: the model families and the format readers describe a network through this. */
import { type Attributes, type Graph, INPUT, type Module, type Node } from "./graph.ts";
import { op } from "./ops/mod.ts";

/** Size of a window or stride: one number for both directions, or `[height, width]`. */
export type Size2 = number | readonly [number, number];

/** Explicit zero padding around height and width, or TensorFlow's size-dependent `"same"`. */
export type Padding =
  | number
  | "same"
  | readonly [top: number, bottom: number, left: number, right: number];

/** A convolution. */
export interface ConvOptions {
  /** Channels that it reads. */
  readonly in: number;
  /** Channels that it gives. */
  readonly out: number;
  /** Size of its window. */
  readonly kernel: Size2;
  /** How far the window moves. Default 1. */
  readonly stride?: Size2;
  /** Default 0. */
  readonly pad?: Padding;
  /** How far apart the window's pixels lie. Default 1: side by side. */
  readonly dilation?: Size2;
  /** How many groups of channels are convolved each for itself. Default 1. */
  readonly groups?: number;
  /** Whether it adds a number to each channel. Default true. */
  readonly bias?: boolean;
}

/** A convolution of each channel on its own. */
export interface DepthwiseOptions extends Omit<ConvOptions, "in" | "out" | "groups"> {
  /** Channels that it reads and gives. */
  readonly channels: number;
}

/** A maximum or a mean over windows. */
export interface PoolOptions {
  /** Size of the window. */
  readonly kernel: Size2;
  /** How far the window moves. Default: its size. */
  readonly stride?: Size2;
  /** Default 0. */
  readonly pad?: Padding;
  /** Round the output size up (PyTorch's `ceil_mode`). Default false. */
  readonly ceil?: boolean;
  /** Count padding in the mean (PyTorch's `count_include_pad`). Default false. */
  readonly countPadding?: boolean;
}

const pair = (size: Size2): [number, number] => typeof size === "number" ? [size, size] : [...size];
const padding = (pad: Padding) => typeof pad === "number" ? [pad, pad, pad, pad] : pad;

/**
 * Builds a {@link Graph} node by node; every call returns the name of what it added, so calls nest
 * as the network does.
 *
 * @example
 * ```ts
 * const net = new GraphBuilder();
 * const hidden = net.relu("relu1", net.conv("conv1", "input", { in: 3, out: 8, kernel: 3 }));
 * const graph = net.build(net.dense("fc", net.globalAvgPool("pool", hidden), 8, 10));
 * ```
 */
export class GraphBuilder {
  readonly #nodes = new Map<string, Node>();
  readonly #modules: Module[] = [];
  /** The names of the modules, to look them up. */
  readonly #listed = new Set<string>();
  readonly #aliases = new Map<string, string>();
  readonly #parameters = new Map<string, readonly number[]>();
  readonly #input: Graph["input"];

  /**
   * Starts a graph.
   *
   * @param inputShape `[height, width, channels]` of the image; `null` stands for any size.
   */
  constructor(inputShape: Graph["input"]["shape"] = [null, null, 3]) {
    this.#input = { shape: inputShape };
  }

  /** How many channels the image has. */
  get channels(): number {
    return this.#input.shape[2];
  }

  /**
   * Adds any op of the table.
   *
   * @param params Role → [parameter name, shape in the engine's layout].
   * @throws Error for an op that there is not, a name that is taken, or an input that is not there yet.
   */
  add(
    name: string,
    opName: string,
    inputs: string | readonly string[],
    attrs: Attributes = {},
    params: Record<string, readonly [name: string, shape: readonly number[]]> = {},
  ): string {
    op(opName); // throws on an op that is not in the table
    if (name === INPUT || this.#nodes.has(name)) throw new Error(`The graph has "${name}" already`);
    const sources = typeof inputs === "string" ? [inputs] : inputs;
    for (const source of sources) {
      if (source !== INPUT && !this.#nodes.has(source)) {
        throw new Error(`"${name}" reads "${source}", which is not in the graph yet`);
      }
    }
    for (const [parameter, shape] of Object.values(params)) this.#parameters.set(parameter, shape);
    this.#nodes.set(name, {
      name,
      op: opName,
      inputs: sources,
      attrs,
      params: Object.fromEntries(Object.entries(params).map(([role, [p]]) => [role, p])),
    });
    this.#modules.push({ name, node: name });
    this.#listed.add(name);
    return name;
  }

  /** Convolution with `NAME.weight` and `NAME.bias`. */
  conv(name: string, input: string, o: ConvOptions): string {
    const [kh, kw] = pair(o.kernel), groups = o.groups ?? 1;
    return this.add(name, "conv2d", input, {
      strides: pair(o.stride ?? 1),
      pad: padding(o.pad ?? 0),
      dilations: pair(o.dilation ?? 1),
      ...(groups > 1 ? { groups } : {}),
    }, {
      kernel: [`${name}.weight`, [kh, kw, o.in / groups, o.out]],
      ...(o.bias ?? true ? { bias: [`${name}.bias`, [o.out]] as const } : {}),
    });
  }

  /** Convolution of each channel on its own, with `NAME.weight` and `NAME.bias`. */
  depthwise(name: string, input: string, o: DepthwiseOptions): string {
    const [kh, kw] = pair(o.kernel);
    return this.add(name, "depthwiseConv2d", input, {
      strides: pair(o.stride ?? 1),
      pad: padding(o.pad ?? 0),
      dilations: pair(o.dilation ?? 1),
    }, {
      kernel: [`${name}.weight`, [kh, kw, o.channels, 1]],
      ...(o.bias ?? true ? { bias: [`${name}.bias`, [o.channels]] as const } : {}),
    });
  }

  /**
   * Batch normalization in inference mode, with PyTorch's names of the parameters of `module`: its
   * own name, or what it is a part of.
   */
  batchNorm(
    name: string,
    input: string,
    channels: number,
    epsilon = 1e-5,
    module = name,
  ): string {
    return this.add(name, "batchNorm", input, { epsilon }, {
      scale: [`${module}.weight`, [channels]],
      offset: [`${module}.bias`, [channels]],
      mean: [`${module}.running_mean`, [channels]],
      variance: [`${module}.running_var`, [channels]],
    });
  }

  /** Layer normalization of each pixel's channels, with `NAME.weight` and `NAME.bias`. */
  layerNorm(name: string, input: string, channels: number, epsilon = 1e-5): string {
    return this.add(name, "layerNorm", input, { axes: 1, epsilon }, {
      scale: [`${name}.weight`, [channels]],
      offset: [`${name}.bias`, [channels]],
    });
  }

  /** max(0, x) of each number. */
  relu(name: string, input: string): string {
    return this.add(name, "relu", input);
  }

  /** Inputs added up, number by number, of one shape or broadcast to one. */
  sum(name: string, inputs: readonly string[]): string {
    return this.add(name, "add", inputs);
  }

  /** Largest number of each window, channel by channel. */
  maxPool(name: string, input: string, o: PoolOptions): string {
    return this.add(name, "maxPool", input, this.#pool(o));
  }

  /** Average over the valid pixels of each window (overhang is not counted, nor, usually, padding). */
  avgPool(name: string, input: string, o: PoolOptions): string {
    return this.add(name, "avgPool", input, this.#pool(o));
  }

  /** Mean of each channel over all places: `[height, width, channels]` → `[channels]`. */
  globalAvgPool(name: string, input: string): string {
    return this.add(name, "globalAvgPool", input);
  }

  /** Fully connected layer with `NAME.weight` and `NAME.bias`. */
  dense(name: string, input: string, features: number, out: number): string {
    return this.add(name, "dense", input, {}, {
      kernel: [`${name}.weight`, [features, out]],
      bias: [`${name}.bias`, [out]],
    });
  }

  /** Names a module that computes nothing of its own: a container, a dropout, an identity. */
  module(name: string, node: string): string {
    this.#modules.push({ name, node });
    this.#listed.add(name);
    return node;
  }

  /** Names a container around what was added since `from` (a mark of {@link mark}): listed before it. */
  container(name: string, from: number, node: string): string {
    this.#modules.splice(from, 0, { name, node });
    this.#listed.add(name);
    return node;
  }

  /** Where the next module will be listed. */
  mark(): number {
    return this.#modules.length;
  }

  /** Lists the modules added between two marks after those that came later. */
  listLast(from: number, to: number): void {
    this.#modules.push(...this.#modules.splice(from, to - from));
  }

  /** Takes a node's own name off the list (a helper node that no library knows by name). */
  unlisted(node: string): string {
    const at = this.#modules.findIndex((m) => m.name === node);
    if (at >= 0) this.#modules.splice(at, 1);
    this.#listed.delete(node);
    return node;
  }

  /** A further name for a node, understood but not listed. */
  alias(name: string, node: string): void {
    if (!this.#listed.has(name)) this.#aliases.set(name, node);
  }

  #pool(o: PoolOptions): Attributes {
    return {
      kernel: pair(o.kernel),
      strides: pair(o.stride ?? o.kernel),
      pad: padding(o.pad ?? 0),
      ceil: o.ceil ?? false,
      ...(o.countPadding ? { countPadding: true } : {}),
    };
  }

  /** The graph whose logits are `output`. */
  build(output: string): Graph {
    return {
      input: this.#input,
      nodes: [...this.#nodes.values()],
      output,
      modules: this.#modules,
      aliases: this.#aliases,
      parameters: this.#parameters,
    };
  }
}
