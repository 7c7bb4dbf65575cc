/** The project's own files: a graph and its declarations changed by their own grammar. */
import type { Random } from "../../core/random.ts";
import { readSafetensors, writeSafetensors } from "../../core/safetensors.ts";
import { opNames } from "../../engine/ops/mod.ts";
import { encodeModel, portable } from "../../models/portable.ts";
import { branched, families } from "../../conformance/networks.ts";
import { muchDamaged } from "./_bytes.ts";
import { memoryDisk } from "./_disk.ts";
import { changedJson } from "./_json.ts";
import { refusal, type Target } from "./_target.ts";

const seeds = [branched, ...families].map(({ model }) => encodeModel(model()));

/** A change that only a graph knows. */
function rewired(random: Random, root: unknown): void {
  // deno-lint-ignore no-explicit-any -- JSON that this file itself has written, and changed
  const nodes = (root as any)?.nodes;
  if (!Array.isArray(nodes) || nodes.length === 0) return;
  const node = random.pick(nodes), other = random.pick(nodes);
  if (typeof node !== "object" || node === null) return;
  switch (random.integer(0, 4)) {
    case 0:
      node.op = random.pick(opNames());
      return;
    case 1:
      node.inputs = Array(random.integer(1, 4)).fill(other?.name);
      return;
    case 2:
      node.attrs = other?.attrs;
      return;
    case 3:
      node.params = other?.params;
      return;
    default:
      nodes.splice(nodes.indexOf(node), 1);
  }
}

const disk = memoryDisk();

const target: Target = {
  input(random) {
    const seed = random.pick(seeds);
    if (random.next() < 0.1) return muchDamaged(random, seed);
    const { tensors, metadata } = readSafetensors(seed), key = random.pick(Object.keys(metadata));
    const value = key === "graph" || random.next() < 0.7 ? metadata.graph : metadata[key];
    const changed = value === metadata.graph ? "graph" : key;
    if (changed === "format" || changed === "version") return muchDamaged(random, seed);
    const text = changedJson(random, JSON.parse(value), changed === "graph" ? rewired : () => {});
    return writeSafetensors(Object.fromEntries(tensors), { ...metadata, [changed]: text });
  },
  async survives(bytes) {
    await disk.ready();
    disk.files.set("model", bytes);
    try {
      await portable.load("model", {});
      return true;
    } catch (error) {
      return refusal(error);
    }
  },
};
export default target;
