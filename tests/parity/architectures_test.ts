/**
 * The families' members without weights: names, shapes and counts of parameters, names of modules.
 *
 * `fixtures/parity/architectures.json` was made from torchvision 0.14's networks; of what torchvision
 * does not have (timm's `d` variants and VGG classifier, ResNets for CIFAR) from the same networks
 * written in `torch.nn`. `shapes` is the SHA-256 of the sorted lines `name:a,b,c` of the state dict,
 * `modules` the names that torchvision gives, `timmModules` the SHA-256 of those that timm 1.0 gives.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Graph, resolveLayer } from "../../engine/graph.ts";
import { sizeOf } from "../../core/values.ts";
import { architectureOf, modelIds } from "../../models/mod.ts";
import { torchShapes } from "../../models/_torch.ts";
import { STAGES, torchvisionGraph } from "../../models/vgg.ts";
import figures from "../fixtures/families/figures.json" with { type: "json" };
import architectures from "../fixtures/parity/architectures.json" with { type: "json" };
import { absence, hasShared, shared } from "../_support/reference.ts";

interface Figures {
  readonly parameters: number;
  readonly shapes: string;
  readonly modules?: readonly string[];
  readonly timmModules?: string;
}

const TORCHVISION = " (torchvision)";
const sha256 = (lines: readonly string[]) =>
  createHash("sha256").update(lines.join("\n")).digest("hex");

async function graphOf(name: string): Promise<Graph> {
  if (!name.endsWith(TORCHVISION)) return (await architectureOf(name)).graph;
  const id = name.slice(0, -TORCHVISION.length);
  return torchvisionGraph(STAGES[id.replace("_bn", "")], id.endsWith("_bn"), 1000);
}

const moduleNames = (graph: Graph) => graph.modules.map((module) => module.name);

for (const [name, figures] of Object.entries<Figures>(architectures)) {
  Deno.test(`${name}: parameters and modules`, async () => {
    const graph = await graphOf(name);
    const parameters = [...torchShapes(graph)];
    const learnt = parameters.filter(([key]) => !/running_(mean|var)$/.test(key));
    assert.equal(learnt.reduce((sum, [, shape]) => sum + sizeOf(shape), 0), figures.parameters);
    assert.equal(
      sha256(parameters.map(([key, shape]) => `${key}:${shape}`).sort()),
      figures.shapes,
    );
    const names = moduleNames(graph);
    assert.equal(new Set(names).size, names.length, "every module is listed once");
    for (const module of figures.modules ?? []) assert.ok(resolveLayer(graph, module));
    if (name.endsWith(TORCHVISION) && figures.modules) assert.deepEqual(names, figures.modules);
    if (figures.timmModules) assert.equal(sha256(names), figures.timmModules);
  });
}

Deno.test("every architecture that is known by name has figures", () => {
  const known = modelIds().filter((id) => !id.startsWith("phosphene-"));
  const measured = { ...architectures, ...figures };
  assert.deepEqual(known.filter((id) => !Object.hasOwn(measured, id)), []);
});

interface Published {
  readonly modules: readonly string[];
  readonly state_dict: Readonly<Record<string, readonly number[]>>;
  readonly parameters: number;
  readonly preprocess: {
    readonly input_size: readonly [number, number, number];
    readonly interpolation: string;
    readonly crop_pct: number;
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** What timm 1.0 declares for its default weights: input, share that is cropped, interpolation. */
const DECLARED = {
  resnet18: [224, 0.95, "bicubic"],
  resnet50: [224, 0.95, "bicubic"],
  resnet152d: [256, 0.95, "bicubic"],
  vgg16: [224, 0.875, "bilinear"],
} as const;

for (const [id, [side, share, interpolation]] of Object.entries(DECLARED)) {
  Deno.test(`${id}: preprocessing is what timm declares`, async () => {
    const { preprocess, inputSize } = await architectureOf(id);
    assert.deepEqual(inputSize, { width: side, height: side });
    assert.equal(preprocess.crop, side);
    assert.equal(preprocess.resize, Math.floor(side / share));
    assert.equal(preprocess.interpolation, interpolation);
    const { mean, std } = preprocess;
    assert.deepEqual({ mean, std }, IMAGENET);
  });
}

for (const id of ["resnet18", "resnet50", "resnet152d", "vgg16"]) {
  Deno.test(`${id}: names, shapes and preprocessing are timm's${absence}`, {
    ignore: !hasShared,
  }, async () => {
    const expected = shared.json<Published>(`expected/architectures/${id}.json`);
    const { graph, preprocess, inputSize } = await architectureOf(id);
    assert.deepEqual(moduleNames(graph), expected.modules);
    assert.deepEqual(Object.fromEntries(torchShapes(graph)), expected.state_dict);
    const { input_size: [, height, width], crop_pct: share, ...timm } = expected.preprocess;
    assert.deepEqual(inputSize, { width, height });
    assert.equal(preprocess.crop, width);
    assert.equal(preprocess.resize, Math.floor(width / share));
    assert.equal(preprocess.interpolation, timm.interpolation);
    assert.deepEqual([preprocess.mean, preprocess.std], [timm.mean, timm.std]);
  });
}
