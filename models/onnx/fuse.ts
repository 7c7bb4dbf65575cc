/**
 * Operators that exporters write out in smaller ones, together again: GELU, layer normalization, a
 * matrix product with its bias. So they are one layer, as their module is, and no number is rounded in
 * between.
 */
import type { OnnxNode } from "./file.ts";
import type { Numbered } from "./order.ts";

/** What is known of values. */
export interface Lookup {
  /** The one number that a constant is; undefined for all else. */
  readonly single: (value: string) => number | undefined;
  /** The shape of a constant; undefined for all else. */
  readonly shape: (value: string) => readonly number[] | undefined;
}

/** Nodes by what they give and read. */
class Links {
  readonly #maker = new Map<string, Numbered>();
  readonly #readers = new Map<string, Numbered[]>();

  constructor(nodes: readonly Numbered[], readonly output: string) {
    for (const numbered of nodes) {
      const { inputs, outputs } = numbered[1];
      for (const value of outputs) this.#maker.set(value, numbered);
      for (const value of new Set(inputs)) {
        const known = this.#readers.get(value);
        if (known) known.push(numbered);
        else this.#readers.set(value, [numbered]);
      }
    }
  }

  /** The node that gives a value, where it is of an operator. */
  from(value: string, op: string): Numbered | undefined {
    const made = this.#maker.get(value);
    return made?.[1].op === op ? made : undefined;
  }

  /** The nodes that read a node's first output; none, where it is also what is asked for. */
  behind([, { outputs }]: Numbered): readonly Numbered[] {
    return outputs[0] === this.output ? [] : this.#readers.get(outputs[0]) ?? [];
  }

  /** The only node that reads another's output, where it is of an operator. */
  only(numbered: Numbered, op: string): Numbered | undefined {
    const readers = this.behind(numbered);
    return readers.length === 1 && readers[0][1].op === op ? readers[0] : undefined;
  }
}

/** What takes the place of a node, and the numbers of those that go with it. */
interface Found {
  readonly at: number;
  readonly node: OnnxNode;
  readonly gone: readonly number[];
}

type Pattern = (start: Numbered, links: Links, lookup: Lookup) => Found | undefined;

const near = (a: number | undefined, b: number) => a !== undefined && Math.abs(a - b) <= 1e-4 * b;

/** A node's other input. */
const other = ({ inputs: [a, b] }: OnnxNode, one: string) => a === one ? b : a;

const as = (node: OnnxNode, op: string, inputs: readonly string[]): OnnxNode => ({
  ...node,
  op,
  inputs,
  attributes: new Map(),
});

/** x · ½ · (1 + erf(x / √2)), the half wherever it is. */
const gelu: Pattern = (start, links, { single }) => {
  if (start[1].op !== "Erf") return undefined;
  const [within] = start[1].inputs;
  const divided = links.from(within, "Div"), multiplied = links.from(within, "Mul");
  const first = divided && near(single(divided[1].inputs[1]), Math.SQRT2)
    ? divided
    : multiplied && multiplied[1].inputs.some((value) => near(single(value), Math.SQRT1_2))
    ? multiplied
    : undefined;
  if (!first || links.behind(first).length !== 1) return undefined;
  const x = first[1].inputs.find((value) => single(value) === undefined);
  const plus = links.only(start, "Add");
  if (x === undefined || !plus || single(other(plus[1], start[1].outputs[0])) !== 1) {
    return undefined;
  }
  const times = links.only(plus, "Mul");
  if (!times) return undefined;
  const factor = other(times[1], plus[1].outputs[0]);
  const gone = [first[0], start[0], plus[0]];
  const isHalf = (value: string) => near(single(value), 0.5);
  const halved = links.from(factor, "Mul");
  if (halved && halved[1].inputs.includes(x) && isHalf(other(halved[1], x))) {
    if (links.behind(halved).length !== 1) return undefined;
    return { at: times[0], node: as(times[1], "Gelu", [x]), gone: [...gone, halved[0]] };
  }
  const half = links.only(times, "Mul");
  if (!half || !isHalf(other(half[1], times[1].outputs[0]))) return undefined;
  if (factor === x) {
    return { at: half[0], node: as(half[1], "Gelu", [x]), gone: [...gone, times[0]] };
  }
  return undefined;
};

/** Whether a mean is over the last axis alone, which stays. */
const isOverLast = (node: OnnxNode, { shape, single }: Lookup) => {
  const axes = node.attributes.get("axes")?.ints;
  const last = axes ? axes.length === 1 && Number(axes[0]) === -1 : node.inputs[1] !== undefined &&
    shape(node.inputs[1])?.join() === "1" && single(node.inputs[1]) === -1;
  return last && Number(node.attributes.get("keepdims")?.i ?? 1) === 1;
};

/** (x − mean) / √(variance + ε), then perhaps · scale, + offset. */
const layerNorm: Pattern = (start, links, lookup) => {
  const { single, shape } = lookup;
  if (start[1].op !== "Div") return undefined;
  const [top, below] = start[1].inputs;
  const centred = links.from(top, "Sub"), root = links.from(below, "Sqrt");
  const shifted = root && links.from(root[1].inputs[0], "Add");
  if (!centred || !root || !shifted) return undefined;
  const [x, mean] = centred[1].inputs, average = links.from(mean, "ReduceMean");
  const epsilon = shifted[1].inputs.map(single).find((n) => n !== undefined);
  const spread = shifted[1].inputs.map((value) => links.from(value, "ReduceMean")).find(Boolean);
  if (!average || !spread || epsilon === undefined) return undefined;
  const square = links.from(spread[1].inputs[0], "Pow") ?? links.from(spread[1].inputs[0], "Mul");
  const isSquare = square?.[1].inputs[0] === top &&
    (square[1].op === "Mul" ? square[1].inputs[1] === top : single(square[1].inputs[1]) === 2);
  if (
    !square || !isSquare || average[1].inputs[0] !== x ||
    !isOverLast(average[1], lookup) || !isOverLast(spread[1], lookup)
  ) return undefined;
  const inner = [centred, average, root, shifted, spread, square];
  const alone = inner.every((node) => links.behind(node).length === (node === centred ? 2 : 1));
  if (!alone) return undefined;
  const scaled = links.only(start, "Mul");
  const scale = scaled && other(scaled[1], start[1].outputs[0]);
  if (!scaled || shape(scale!)?.length !== 1) return undefined;
  const moved = links.only(scaled, "Add"), offset = moved && other(moved[1], scaled[1].outputs[0]);
  const [end, inputs, more] = moved && shape(offset!)?.length === 1
    ? [moved, [x, scale!, offset!], [start, scaled]] as const
    : [scaled, [x, scale!], [start]] as const;
  return {
    at: end[0],
    node: { ...as(end[1], "LayerNormalization", inputs), epsilon },
    gone: [...inner, ...more].map(([n]) => n),
  };
};

/** A product with a matrix, and a bias behind it. */
const biased: Pattern = (start, links, { shape }) => {
  if (start[1].op !== "MatMul") return undefined;
  const weight = shape(start[1].inputs[1]), plus = links.only(start, "Add");
  if (weight?.length !== 2 || !plus) return undefined;
  const bias = other(plus[1], start[1].outputs[0]);
  if (shape(bias)?.join() !== `${weight[1]}`) return undefined;
  return {
    at: plus[0],
    node: as(plus[1], "MatMul", [...start[1].inputs, bias]),
    gone: [start[0]],
  };
};

const PATTERNS = [gelu, layerNorm, biased];

/** The nodes with what was written out put together, in the same order. */
export function fused(
  nodes: readonly Numbered[],
  output: string,
  lookup: Lookup,
): readonly Numbered[] {
  const links = new Links(nodes, output);
  const gone = new Set<number>(), changed = new Map<number, OnnxNode>();
  for (const numbered of nodes) {
    for (const pattern of PATTERNS) {
      const found = pattern(numbered, links, lookup);
      if (!found || [...found.gone, found.at].some((n) => gone.has(n) || changed.has(n))) continue;
      for (const n of found.gone) gone.add(n);
      changed.set(found.at, found.node);
    }
  }
  return nodes.filter(([n]) => !gone.has(n)).map(([n, node]) => [n, changed.get(n) ?? node]);
}
