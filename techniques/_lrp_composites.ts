/** Which rule of relevance propagation stands at which layer. */
import { UserError } from "../core/errors.ts";
import { type Graph, INPUT, type Node } from "../engine/graph.ts";
import { op, opNames } from "../engine/ops/mod.ts";
import type { BackwardCall, Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";
import {
  type Accounts,
  alphaBetaRule,
  type Box,
  boxRule,
  epsilonRule,
  gammaRule,
  proportionalRule,
  relevanceRule,
  zPlusRule,
} from "./_lrp_rules.ts";

/** The rules' strengths. */
export interface Strengths {
  readonly epsilon: number;
  readonly gamma: number;
  readonly alpha: number;
}

type Share = ReturnType<typeof epsilonRule>;

interface Composite {
  /** For convolutions that see the picture itself; the others' rule where left out. */
  readonly first?: (box: Box) => Share;
  readonly convolution: (strengths: Strengths) => Share;
  readonly dense: (strengths: Strengths) => Share;
}

const epsilon = (strengths: Strengths) => epsilonRule(strengths.epsilon);

/** Named as in zennit, whose composites these are. */
export const COMPOSITES = {
  "epsilon-plus": { convolution: () => zPlusRule, dense: epsilon },
  "epsilon-gamma-box": {
    first: boxRule,
    convolution: ({ gamma }) => gammaRule(gamma),
    dense: epsilon,
  },
  "alpha-beta": { convolution: ({ alpha }) => alphaBetaRule(alpha), dense: epsilon },
  "epsilon": { convolution: epsilon, dense: epsilon },
} as const satisfies Record<string, Composite>;

export type CompositeId = keyof typeof COMPOSITES;

const CONVOLUTIONS = new Set(["conv2d", "depthwiseConv2d"]);
/** Linear layers without weights of their own. */
const PROPORTIONAL = ["add", "subtract", "average", "avgPool", "globalAvgPool", "adaptiveAvgPool"];
/** Every output is one of the inputs (a maximum: the one that won): the plain gradient leads there. */
const ROUTED = new Set([
  "identity",
  "flatten",
  "reshape",
  "zeroPad",
  "crop",
  "concat",
  "upsampleNearest",
  "shortcutA",
  "maxPool",
  "globalMaxPool",
  "maximum",
]);
/** Ops of one number each, which hand their relevance on whole. */
const ELEMENTWISE = [
  "relu",
  "relu6",
  "leakyRelu",
  "elu",
  "selu",
  "sigmoid",
  "hardSigmoid",
  "tanh",
  "swish",
  "softplus",
  "softsign",
  // one that no convolution took in
  "batchNorm",
];

const pass: Rule = op("identity");

/** A convolution whose kernel lies over all of its input is a dense layer. */
function isDense({ params, inputShapes: [[, height, width]], outputShape }: BackwardCall): boolean {
  const [kh, kw] = params.shape("kernel");
  return kh === height && kw === width && outputShape[1] === 1 && outputShape[2] === 1;
}

const NEVER_NEGATIVE = new Set(["relu", "relu6", "sigmoid", "hardSigmoid", "softplus", "softmax"]);
const KEEPS_SIGN = new Set([...PROPORTIONAL.filter((name) => name !== "subtract"), ...ROUTED]);

/** The names of values that are never negative. */
function neverNegative({ nodes }: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodes) {
    const kept = KEEPS_SIGN.has(node.op) && node.inputs.every((input) => found.has(input));
    if (kept || NEVER_NEGATIVE.has(node.op)) found.add(node.name);
  }
  return found;
}

/** The convolutions that see the picture before any other does. */
export function firstConvolutions({ nodes }: Graph): readonly Node[] {
  const untouched = new Set([INPUT]), first: Node[] = [];
  for (const node of nodes) {
    if (!node.inputs.every((input) => untouched.has(input))) continue;
    if (CONVOLUTIONS.has(node.op)) first.push(node);
    else untouched.add(node.name);
  }
  return first;
}

/** Whether a composite needs the box of the first convolutions' inputs. */
export const needsBox = (id: CompositeId): boolean => "first" in COMPOSITES[id];

const rowsOf = (ops: Iterable<string>, row: Rules[string]): Rules =>
  Object.fromEntries(Array.from(ops, (name) => [name, row]));

function refuse({ name, op }: Node): never {
  throw new UserError(
    `Cannot propagate relevance through "${name}": lrp has no rule for ${op}; ` +
      `integrated-gradients works on any network.`,
    { code: "unsupported" },
  );
}

/**
 * The rows that take relevance back through every op.
 *
 * @param boxes For the composites that need them: the first convolutions' names → what their inputs
 * may be.
 * @returns Rows that throw a UserError for an op without a rule (a product, a softmax).
 */
export function relevanceRules(
  graph: Graph,
  id: CompositeId,
  strengths: Strengths,
  boxes: ReadonlyMap<string, Box>,
  accounts: Accounts,
): Rules {
  const composite: Composite = COMPOSITES[id];
  const convolution = composite.convolution(strengths), dense = composite.dense(strengths);
  const unsigned = neverNegative(graph);
  const layer = (share: (call: BackwardCall) => Share) => ({ inputs }: Node) =>
    relevanceRule(share, accounts, unsigned.has(inputs[0]));
  const convolutionRow = layer((call) => {
    const box = boxes.get(call.node.name);
    if (box && composite.first) return composite.first(box);
    return isDense(call) ? dense : convolution;
  });
  const rows: Rules = {
    dense: layer(() => dense),
    ...rowsOf(CONVOLUTIONS, convolutionRow),
    ...rowsOf(PROPORTIONAL, layer(() => proportionalRule)),
    ...rowsOf(ROUTED, () => undefined),
    ...rowsOf(ELEMENTWISE, pass),
  };
  return { ...rowsOf(opNames, refuse), ...rows };
}
