/** Which rule of relevance propagation stands at which layer. */
import { nearestHint, UserError } from "../core/errors.ts";
import { type Graph, INPUT, type Node } from "../engine/graph.ts";
import { op, opNames } from "../engine/ops/mod.ts";
import type { BackwardCall, Nature, Rule } from "../engine/ops/op.ts";
import type { Rules } from "../engine/rules.ts";
import {
  type Accounts,
  alphaBetaRule,
  type Box,
  boxRule,
  epsilonRule,
  gammaRule,
  gateRule,
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

const epsilon: Composite["dense"] = (strengths) => epsilonRule(strengths.epsilon);

/** Named as in zennit, whose composites these are. */
export const COMPOSITES: Readonly<Record<CompositeId, Composite>> = {
  "epsilon-plus": { convolution: () => zPlusRule, dense: epsilon },
  "epsilon-gamma-box": {
    first: boxRule,
    convolution: ({ gamma }) => gammaRule(gamma),
    dense: epsilon,
  },
  "alpha-beta": { convolution: ({ alpha }) => alphaBetaRule(alpha), dense: epsilon },
  "epsilon": { convolution: epsilon, dense: epsilon },
};

export type CompositeId = "epsilon-plus" | "epsilon-gamma-box" | "alpha-beta" | "epsilon";

/** Rules that layers can be given by name. */
const RULES: Readonly<Record<string, (strengths: Strengths) => Share>> = {
  "epsilon": epsilon,
  "z-plus": () => zPlusRule,
  "gamma": ({ gamma }) => gammaRule(gamma),
  "alpha-beta": ({ alpha }) => alphaBetaRule(alpha),
};

/** The names of rules that a layer can be given. */
export const ruleNames: readonly string[] = Object.keys(RULES);

/** Rules of single layers, by the names of their nodes. */
export type OwnRules = ReadonlyMap<string, string>;

/**
 * Reads `PATTERN=RULE` for layers that do not follow the composite. A `*` in a pattern stands for any
 * text, and the name of a container for all that is in it; of several that fit, the last counts.
 *
 * @throws UserError for a rule that there is not, and a pattern that no layer with weights fits.
 */
export function ownRules({ nodes }: Graph, texts: readonly string[]): OwnRules {
  const weighted = nodes.filter((node) => op(node.op).traits.nature === "weighted");
  const found = new Map<string, string>();
  const refuse = (reason: string) =>
    new UserError(`Cannot set the rule of a layer: ${reason}.`, {
      code: "bad-option",
      option: "rule",
    });
  for (const text of texts) {
    const [, pattern, rule] = /^\s*(.+?)\s*=\s*([\w-]+)\s*$/.exec(text) ?? [];
    if (!pattern) throw refuse(`"${text}" is not LAYER=RULE, such as layer1.*=gamma`);
    if (!Object.hasOwn(RULES, rule)) {
      throw refuse(`there is no rule "${rule}"; ${nearestHint(rule, ruleNames)}`);
    }
    const plain = pattern.replace(/\[(\d+)\]/g, ".$1");
    const source = plain.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
    const fits = new RegExp(`^${source.join(".*")}(\\..*)?$`);
    const layers = weighted.filter(({ name }) => fits.test(name));
    if (layers.length === 0) {
      const names = weighted.map(({ name }) => name);
      throw refuse(`no layer with weights fits "${pattern}"; ${nearestHint(plain, names)}`);
    }
    for (const { name } of layers) found.set(name, rule);
  }
  return found;
}

const pass: Rule = op("identity");

/** A convolution whose kernel lies over all of its input is a dense layer. */
function isDense({ params, inputShapes: [[, height, width]], outputShape }: BackwardCall): boolean {
  const [kh, kw] = params.shape("kernel");
  return kh === height && kw === width && outputShape[1] === 1 && outputShape[2] === 1;
}

/** The names of values that are never negative. */
function neverNegative({ nodes }: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodes) {
    const { sign } = op(node.op).traits;
    const kept = sign === "kept" && node.inputs.every((input) => found.has(input));
    if (kept || sign === "never-negative") found.add(node.name);
  }
  return found;
}

/** The convolutions that see the picture before any other does. */
export function firstConvolutions({ nodes }: Graph): readonly Node[] {
  const untouched = new Set([INPUT]), first: Node[] = [];
  for (const node of nodes) {
    if (!node.inputs.every((input) => untouched.has(input))) continue;
    if (op(node.op).traits.convolution) first.push(node);
    else untouched.add(node.name);
  }
  return first;
}

/** Whether a composite needs the box of the first convolutions' inputs. */
export const needsBox = (id: CompositeId): boolean => "first" in COMPOSITES[id];

function refuse({ name, op }: Node): never {
  throw new UserError(
    `Cannot propagate relevance through "${name}": lrp has no rule for ${op}; ` +
      `integrated-gradients works on any network.`,
    { code: "unsupported" },
  );
}

function refuseProduct({ name, op, inputs }: Node): never {
  const factors = inputs.map((input) => `"${input}"`).join(" and ");
  throw new UserError(
    `Cannot propagate relevance through "${name}": lrp hands a ${op}'s relevance to its signal, and ` +
      `of ${factors} it is not clear which is that and which the gate; ` +
      `integrated-gradients works on any network.`,
    { code: "unsupported" },
  );
}

/** Tells whether a value is a gate's: a sigmoid's, say, perhaps moved on its way. */
function gates({ nodes }: Graph): (name: string) => boolean {
  const found = new Set<string>();
  for (const { name, op: kind, inputs } of nodes) {
    const { gates, nature, inserts } = op(kind).traits;
    const moved = nature === "routed" && !inserts && inputs.every((input) => found.has(input));
    if (gates || moved) found.add(name);
  }
  return (name) => found.has(name);
}

/**
 * The rows that take relevance back through every op.
 *
 * @param boxes For the composites that need them: the first convolutions' names → what their inputs
 * may be.
 * @param own Layers with a rule of their own, see {@link ownRules}.
 * @returns Rows that throw a UserError for an op without a rule (a softmax), and for a product of
 * which it is not known what is the signal.
 */
export function relevanceRules(
  graph: Graph,
  id: CompositeId,
  strengths: Strengths,
  boxes: ReadonlyMap<string, Box>,
  accounts: Accounts,
  own: OwnRules = new Map(),
): Rules {
  const composite: Composite = COMPOSITES[id];
  const convolution = composite.convolution(strengths), dense = composite.dense(strengths);
  const unsigned = neverNegative(graph);
  const layer = (share: (call: BackwardCall) => Share) => ({ inputs }: Node) =>
    relevanceRule(share, accounts, unsigned.has(inputs[0]));
  const named = new Map([...own].map(([name, rule]) => [name, RULES[rule](strengths)]));
  const weighted = layer((call) => {
    const chosen = named.get(call.node.name);
    if (chosen) return chosen;
    const box = boxes.get(call.node.name);
    if (box && composite.first) return composite.first(box);
    return op(call.node.op).traits.convolution && !isDense(call) ? convolution : dense;
  });
  const isGate = gates(graph);
  const rows: Readonly<Record<Nature, Rules[string]>> = {
    weighted,
    linear: layer(() => proportionalRule),
    // every output is one of the inputs: the plain gradient leads there
    routed: () => undefined,
    // a function of one number each hands its relevance on whole
    elementwise: pass,
    product: (node) => gateRule(node.inputs.map(isGate), () => refuseProduct(node)),
    other: refuse,
  };
  return Object.fromEntries(opNames().map((name) => [name, rows[op(name).traits.nature]]));
}
