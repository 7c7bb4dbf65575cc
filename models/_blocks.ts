/** What the families of convolutional networks are built of, by torchvision's and timm's names. */
import type { ConvOptions, GraphBuilder } from "../engine/builder.ts";
import type { Attributes } from "../engine/graph.ts";

const ACTIVATIONS = {
  relu: ["relu", {}],
  relu6: ["relu6", {}],
  silu: ["swish", {}],
  hardswish: ["hardSwish", {}],
  gelu: ["gelu", {}],
  sigmoid: ["sigmoid", {}],
  hardsigmoid: ["hardSigmoid", { slope: 1 / 6, offset: 0.5 }],
} as const satisfies Record<string, readonly [op: string, attrs: Attributes]>;

/** An activation by PyTorch's name. */
export type ActivationName = keyof typeof ACTIVATIONS;

export function activate(
  net: GraphBuilder,
  kind: ActivationName,
  name: string,
  input: string,
): string {
  const [op, attrs] = ACTIVATIONS[kind];
  return net.add(name, op, input, attrs);
}

/** `v` to the nearest multiple of 8, but never by more than a tenth down. */
export function inEights(v: number): number {
  const near = Math.max(8, Math.floor((v + 4) / 8) * 8);
  return near < 0.9 * v ? near + 8 : near;
}

/** A convolution; one of as many groups as channels is one of each channel on its own. */
export const conv = (net: GraphBuilder, name: string, input: string, o: ConvOptions): string =>
  o.groups !== undefined && o.groups > 1 && o.groups === o.in && o.in === o.out
    ? net.depthwise(name, input, { ...o, channels: o.in })
    : net.conv(name, input, o);

/** A convolution without bias, its batch-norm, and perhaps an activation. */
export interface Normed extends Omit<ConvOptions, "bias"> {
  readonly epsilon?: number;
  readonly activation?: ActivationName;
}

/** Half of an odd kernel, so that a stride of 1 keeps the size. */
const half = (kernel: ConvOptions["kernel"]) =>
  typeof kernel === "number" ? (kernel - 1) / 2 : undefined;

/** A {@link Normed} convolution that keeps the size, with names for each part but the last. */
export function convNorm(
  net: GraphBuilder,
  names: readonly [conv: string, norm: string, act?: string],
  input: string,
  o: Normed,
): string {
  const [convName, norm, act] = names;
  const options = { ...o, pad: o.pad ?? half(o.kernel), bias: false };
  const x = net.batchNorm(norm, conv(net, convName, input, options), o.out, o.epsilon);
  if (!o.activation) return x;
  return act
    ? activate(net, o.activation, act, x)
    : net.unlisted(activate(net, o.activation, `${norm}.${o.activation}`, x));
}

/** torchvision's `Conv2dNormActivation`: `NAME.0`, `NAME.1` and, where it has one, `NAME.2`. */
export function convNormActivation(
  net: GraphBuilder,
  name: string,
  input: string,
  o: Normed,
): string {
  const from = net.mark();
  const x = convNorm(net, [`${name}.0`, `${name}.1`, `${name}.2`], input, o);
  return net.container(name, from, x);
}

/**
 * The Inceptions' `BasicConv2d`: `NAME.conv`, `NAME.bn`, and a ReLU that has no name of its own, with
 * their batch-norm's ε. Without `pad` it takes nothing but whole windows.
 */
export function basicConv(
  net: GraphBuilder,
  name: string,
  input: string,
  o: Omit<Normed, "epsilon" | "activation">,
): string {
  const from = net.mark();
  const x = convNorm(net, [`${name}.conv`, `${name}.bn`], input, {
    ...o,
    pad: o.pad ?? 0,
    epsilon: 1e-3,
    activation: "relu",
  });
  net.alias(`${name}.bn.act`, x);
  return net.container(name, from, x);
}

/** timm's `BatchNormAct2d`: `NAME.drop` is what is normalized, `NAME.act` and `NAME` what is activated. */
export function normAct(
  net: GraphBuilder,
  name: string,
  input: string,
  channels: number,
  activation?: ActivationName,
): string {
  const from = net.mark();
  const x = net.batchNorm(`${name}.drop`, input, channels, undefined, name);
  const y = activation ? activate(net, activation, `${name}.act`, x) : net.module(`${name}.act`, x);
  return net.container(name, from, y);
}

/** A squeeze-and-excite block (Hu et al. 2017) and the names of its parts. */
export interface SqueezeExcite {
  readonly channels: number;
  readonly squeezed: number;
  readonly activation: ActivationName;
  readonly gate: ActivationName;
}

type Parts = readonly [reduce: string, act: string, expand: string, gate: string, pool?: string];

/** What libraries call the parts of a squeeze-and-excite block. */
export const SQUEEZE_NAMES = {
  torchvision: ["fc1", "activation", "fc2", "scale_activation", "avgpool"],
  /** In timm's EfficientNets. */
  efficient: ["conv_reduce", "act1", "conv_expand", "gate"],
  /** In timm's other networks. */
  timm: ["fc1", "act", "fc2", "gate"],
} as const satisfies Record<string, Parts>;

/** Each channel times a share that follows from the means of all. */
export function squeezeExcite(
  net: GraphBuilder,
  name: string,
  input: string,
  { channels, squeezed, activation, gate }: SqueezeExcite,
  [reduce, act, expand, last, pool]: Parts,
): string {
  const from = net.mark();
  let x = net.add(`${name}.${pool ?? "mean"}`, "adaptiveAvgPool", input, { size: [1, 1] });
  if (!pool) net.unlisted(x);
  x = net.conv(`${name}.${reduce}`, x, { in: channels, out: squeezed, kernel: 1 });
  x = activate(net, activation, `${name}.${act}`, x);
  x = net.conv(`${name}.${expand}`, x, { in: squeezed, out: channels, kernel: 1 });
  x = activate(net, gate, `${name}.${last}`, x);
  x = net.unlisted(net.add(`${name}.mul`, "multiply", [input, x]));
  return net.container(name, from, x);
}

/** A block's input added to what it makes of it; without a name, as libraries write it. */
export const plus = (net: GraphBuilder, name: string, x: string, shortcut: string): string =>
  net.unlisted(net.sum(`${name}.add`, [x, shortcut]));

/**
 * A container `NAME` of a dropout (or `dropout`) and a linear layer behind it, as most of torchvision's
 * networks end: `NAME.0`, `NAME.1`.
 */
export function classifier(
  net: GraphBuilder,
  name: string,
  input: string,
  features: number,
  classes: number,
): string {
  const from = net.mark();
  net.module(`${name}.0`, input);
  return net.container(name, from, net.dense(`${name}.1`, input, features, classes));
}
