/** What layers are called: by PyTorch's modules where an export tells them, else by the nodes' names. */
import type { OnnxNode } from "./file.ts";

/** Letters of a name that is looked at for modules; PyTorch's are shorter. */
export const LONGEST = 200;

/** `layer3[1]` is understood as `layer3.1`, so no name may have brackets; nor what is no letter. */
export const tidy = (name: string): string =>
  name.trim().replace(/\[(\d+)\]/g, ".$1").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").slice(0, LONGEST);

/**
 * PyTorch's path of modules from a node's name, `/layer1/layer1.0/conv1/Conv` → `layer1.0.conv1` and
 * `Conv`. A child of a Sequential is written with its parent's name before its own.
 */
function modulePath(name: string): { readonly path: string; readonly op: string } | undefined {
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
 * of several in one, each has its operator's behind it: `layer1.0.add`.
 */
export function layerNames(
  nodes: readonly (readonly [number: number, node: OnnxNode])[],
): ReadonlyMap<number, Named> {
  const paths = new Map(nodes.map(([n, node]) => [n, modulePath(node.name)]));
  const loud = new Map<string, number>(), silent = new Map<string, number>();
  const parents = new Set<string>();
  for (const [n, { op }] of nodes) {
    const path = paths.get(n)?.path;
    if (path === undefined) continue;
    const count = SILENT.has(op) ? silent : loud;
    count.set(path, (count.get(path) ?? 0) + 1);
    for (const parent of around(path, false)) parents.add(parent);
  }
  /** Whether a node is all that its module does. */
  const isAlone = (path: string, op: string) =>
    !parents.has(path) &&
    (SILENT.has(op) ? !loud.has(path) && silent.get(path) === 1 : loud.get(path) === 1);
  const used = new Map<string, number>();
  for (const [, { inputs }] of nodes) {
    const module = moduleOf(inputs[1] ?? "");
    if (module) used.set(module, (used.get(module) ?? 0) + 1);
  }
  return new Map(nodes.map(([n, node]) => {
    const found = paths.get(n);
    if (found) {
      const { path, op } = found;
      if (path === "") return [n, { name: tidy(op.toLowerCase()), within: [] }];
      return isAlone(path, node.op)
        ? [n, { name: tidy(path), within: around(tidy(path), false) }]
        : [n, { name: tidy(`${path}.${op.toLowerCase()}`), within: around(tidy(path), true) }];
    }
    const module = moduleOf(node.inputs[1] ?? "");
    return module && used.get(module) === 1
      ? [n, { name: tidy(module), within: around(tidy(module), false) }]
      : [n, { name: plain(node, n), within: [] }];
  }));
}
