/** What layers are called: by PyTorch's modules where an export tells them, else by the nodes' names. */
import type { OnnxNode } from "./file.ts";

/** Letters of a name that is looked at for modules; PyTorch's are shorter. */
export const LONGEST = 200;

/** `layer3[1]` is understood as `layer3.1`, so no name may have brackets; nor what is no letter. */
export const tidy = (name: string): string =>
  name.trim().replace(/\[(\d+)\]/g, ".$1").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").slice(0, LONGEST);

/** A node's path of PyTorch's modules, and what it does in the last. */
interface Place {
  readonly path: string;
  readonly op: string;
}

/** From what the newer exporter writes beside each node; its modules' names have their parents' ahead. */
const placeOf = ({ name, scopes }: OnnxNode): Place | undefined =>
  // operators are numbered throughout the network
  scopes
    ? { path: scopes.at(-2) ?? "", op: scopes.at(-1)!.replace(/_\d+$/, "") }
    : modulePath(name);

/**
 * PyTorch's path of modules from a node's name, `/layer1/layer1.0/conv1/Conv` → `layer1.0.conv1` and
 * `Conv`. A child of a Sequential is written with its parent's name before its own.
 */
function modulePath(name: string): Place | undefined {
  const parts = name.split("/");
  if (parts.length < 2 || parts[0] !== "" || name.length > LONGEST) return undefined;
  const op = parts.pop()!, modules: string[] = [];
  for (const part of parts.slice(1)) {
    const last = modules.at(-1);
    if (last !== undefined && part.startsWith(`${last}.`)) modules.pop();
    modules.push(part);
  }
  return { path: modules.join("."), op };
}

/** The module of a weight: `layer1.0.conv1.weight` → `layer1.0.conv1`. */
const moduleOf = (weight: string): string | undefined =>
  weight.length > LONGEST
    ? undefined
    : /^([\w.-]*[A-Za-z_][\w.-]*)\.(weight|weight_v|in_proj_weight|gamma)$/.exec(weight)?.[1];

/** Operators that compute nothing. */
const SILENT = new Set([
  "Cast",
  "Flatten",
  "Identity",
  "Reshape",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/** A layer's name, and the modules that it lies in. */
export interface Named {
  readonly name: string;
  /** From the outermost on. */
  readonly within: readonly string[];
  /** A module that computes nothing beside it: a batch-norm in a convolution's weights. */
  readonly also?: string;
}

/** The modules around a dotted path, itself left out or not. */
export const around = (path: string, itself: boolean): string[] => {
  const parts = path.split(".");
  const all = parts.map((_, i) => parts.slice(0, i + 1).join("."));
  return itself ? all : all.slice(0, -1);
};

/** What has no name of its own is called after its operator, or what it gives. */
function plain({ name, op, outputs }: OnnxNode, n: number): string {
  if (name) return tidy(name);
  const value = outputs.find(Boolean) ?? "";
  return /[A-Za-z]/.test(value) ? tidy(value) : `${op.toLowerCase()}_${n}`;
}

/**
 * Names of nodes, by their numbers in the file. A module with one node, `/fc/Gemm`, gives it its name;
 * of several in one, each has its operator's behind it: `layer1.0.add`. A module that is called twice,
 * as the newer exporter tells, names both: `relu`, `relu_1`.
 */
export function layerNames(
  nodes: readonly (readonly [number: number, node: OnnxNode])[],
): ReadonlyMap<number, Named> {
  const paths = new Map(nodes.map(([n, node]) => [n, placeOf(node)]));
  const loud = new Map<string, number>(), silent = new Map<string, number>();
  const parents = new Set<string>(), kinds = new Map<string, Set<string>>();
  for (const [n, { op }] of nodes) {
    const path = paths.get(n)?.path;
    if (path === undefined) continue;
    const count = SILENT.has(op) ? silent : loud;
    count.set(path, (count.get(path) ?? 0) + 1);
    if (count === loud) kinds.set(path, (kinds.get(path) ?? new Set()).add(op));
    for (const parent of around(path, false)) parents.add(parent);
  }
  const used = new Map<string, number>();
  for (const [, { inputs }] of nodes) {
    const module = moduleOf(inputs[1] ?? "");
    if (module) used.set(module, (used.get(module) ?? 0) + 1);
  }
  const named = (name: string, within: string[], also?: string): Named => ({ name, within, also });
  return new Map(nodes.map(([n, node]) => {
    const place = paths.get(n), module = moduleOf(node.inputs[1] ?? "");
    const ownModule = module && used.get(module) === 1 ? tidy(module) : undefined;
    // the newer exporter folds a batch-norm, and says that the convolution is its
    if (ownModule && (!place || node.scopes)) {
      const also = place && tidy(place.path);
      return [n, named(ownModule, around(ownModule, false), also === ownModule ? undefined : also)];
    }
    if (!place) return [n, named(plain(node, n), [])];
    const path = tidy(place.path), op = place.op.toLowerCase();
    if (path === "") return [n, named(tidy(op), [])];
    const isAlone = !parents.has(place.path) &&
      (SILENT.has(node.op)
        ? !loud.has(place.path) && silent.get(place.path) === 1
        : loud.get(place.path) === 1 || node.scopes && kinds.get(place.path)!.size === 1);
    return isAlone
      ? [n, named(path, around(path, false))]
      : [n, named(tidy(`${place.path}.${op}`), around(path, true))];
  }));
}
