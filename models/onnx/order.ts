/** The nodes that an output needs, each behind what it reads, and what of them follows from the picture. */
import type { Fail, OnnxFile, OnnxNode } from "./file.ts";

/** A node and its number in the file. */
export type Numbered = readonly [number: number, node: OnnxNode];

/**
 * The nodes that a value needs, in the file's order as far as that is one.
 *
 * @throws what `fail` throws, where a value is read that nothing gives, or nodes read each other.
 */
export function nodesFor(file: OnnxFile, output: string, fail: Fail): Numbered[] {
  const { nodes, initializers, inputs } = file;
  const given = new Set([...initializers.keys(), ...inputs.map(({ name }) => name)]);
  const maker = new Map<string, number>();
  nodes.forEach(({ outputs }, n) => outputs.forEach((value) => value && maker.set(value, n)));
  const needed = new Set<number>(), waiting = [output];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    const n = maker.get(value);
    if (n === undefined) {
      if (given.has(value)) continue;
      fail(`"${value}" is read, but nothing gives it`);
    }
    if (needed.has(n)) continue;
    needed.add(n);
    for (const input of nodes[n].inputs) if (input !== "") waiting.push(input);
  }
  return sorted(nodes, needed, maker, fail);
}

/** Nodes behind what they read: those of lower numbers first. */
function sorted(
  nodes: readonly OnnxNode[],
  needed: ReadonlySet<number>,
  maker: ReadonlyMap<string, number>,
  fail: Fail,
): Numbered[] {
  const inFile = [...needed].sort((a, b) => a - b);
  const sources = (n: number) =>
    nodes[n].inputs.flatMap((value) => {
      const made = maker.get(value);
      return made === undefined ? [] : [made];
    });
  // as a rule they are in order already
  const place = new Map(inFile.map((n, i) => [n, i]));
  if (inFile.every((n) => sources(n).every((m) => place.get(m)! < place.get(n)!))) {
    return inFile.map((n) => [n, nodes[n]]);
  }
  const missing = new Map<number, number>(), readers = new Map<number, number[]>();
  for (const n of inFile) {
    const from = sources(n);
    missing.set(n, from.length);
    for (const m of from) {
      const known = readers.get(m);
      if (known) known.push(n);
      else readers.set(m, [n]);
    }
  }
  const ready = inFile.filter((n) => missing.get(n) === 0);
  for (const n of ready) { // which grows meanwhile
    for (const reader of readers.get(n) ?? []) {
      const left = missing.get(reader)! - 1;
      missing.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  if (ready.length < inFile.length) {
    const lost = nodes[inFile.find((n) => missing.get(n)! > 0)!];
    fail(`its nodes read each other in a circle, "${lost.name || lost.outputs[0]}" among them`);
  }
  return ready.map((n) => [n, nodes[n]]);
}

/** Operators that tell what is known before there is a picture. */
const KNOWN = new Set(["Shape", "Size", "Rank"]);

/** The numbers of the nodes that compute on the picture; the others are worked out at loading. */
export function liveNodes(nodes: readonly Numbered[], picture: string): ReadonlySet<number> {
  const live = new Set([picture]), found = new Set<number>();
  for (const [n, { op, inputs, outputs }] of nodes) {
    if (!inputs.some((value) => live.has(value))) continue;
    found.add(n);
    if (!KNOWN.has(op)) { for (const value of outputs) live.add(value); }
  }
  return found;
}
