/**
 * Networks in Phosphene's own file: safetensors whose metadata has all that the numbers do not say, the
 * graph, the preprocessing, the names of the classes. It loads without a flag, and whatever the network
 * was read from.
 *
 * Tensors go by the graph's parameters, in the engine's layout. Metadata: `format` "phosphene",
 * `version` "1", and as JSON `graph`, `preprocess`, `labels`, `scores`, `title`, `origin`.
 */
import { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";
import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { readSafetensors, writeSafetensors } from "../core/safetensors.ts";
import { CHANNEL_ORDERS, type Preprocess } from "../image/preprocess.ts";
import { platform } from "../platform/mod.ts";
import { SCORES } from "../engine/scores.ts";
import type { Model, ModelAdapter } from "../run/model.ts";
import { preprocessOf, sizeAfter } from "../run/preprocess.ts";
import { type Described, modelOf, refuseWeights } from "./_described.ts";
import { pathOf } from "./_location.ts";
import { graphFromJson, graphToJson } from "./_graph_json.ts";

const FORMAT = "phosphene", VERSION = "1";
/** The largest file that is read: 4 GiB. */
const MAX_BYTES = 2 ** 32;
/** The metadata, which is written first; nothing else begins so. */
const BEGINNING = `{"__metadata__":{"format":"${FORMAT}"`;

const pixels = z.int().min(1).max(2 ** 16);
const size = z.union([pixels, z.object({ width: pixels, height: pixels })]).nullable();
const channels = z.array(z.number()).min(1).max(64);

const preprocessSchema = z.object({
  resize: size,
  crop: size,
  interpolation: z.enum(["bilinear", "bicubic"]),
  mean: channels,
  std: channels.refine((numbers) => numbers.every((n) => n !== 0), "a deviation is zero"),
  range: z.union([z.literal(1), z.literal(255)]),
  channelOrder: z.enum(CHANNEL_ORDERS),
});
const text = z.string().max(4096);
const aboutSchema = z.object({
  preprocess: preprocessSchema,
  labels: z.array(z.string().max(4096)).max(2 ** 20),
  scores: z.enum(SCORES).nullable(),
  title: text,
  /** What it was read from: the id, the file, and the file's SHA-256. */
  origin: z.object({ id: text, source: text, sha256: text }),
});
type About = z.output<typeof aboutSchema>;

/**
 * A model as the bytes of a file of its own, which `loadModel` reads.
 *
 * @example
 * ```ts
 * await Deno.writeFile("mine.safetensors", encodeModel(await loadModel("mine.onnx")));
 * ```
 */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { network: { graph, parameters }, labels, scores, title, id, weights } = model;
  const about: About = {
    preprocess: preprocessOf(model) as About["preprocess"],
    labels: [...labels],
    scores: scores ?? null,
    title,
    origin: { id, ...weights },
  };
  const tensors = [...graph.parameters.keys()].map((name) => [name, parameters.host.get(name)!]);
  return writeSafetensors(Object.fromEntries(tensors), {
    format: FORMAT,
    version: VERSION,
    graph: graphToJson(graph),
    ...Object.fromEntries(
      Object.entries(about).map(([key, value]) => [key, JSON.stringify(value)]),
    ),
  });
}

type Read = Described & Pick<About, "title"> & { readonly sha256: string };

/** Reads a file. @throws UserError where it is damaged, or says what cannot be. */
async function readPortable(path: string, signal?: AbortSignal): Promise<Read> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new UserError(`Cannot load "${path}": ${reason}.`, { code: "bad-file", cause });
  };
  const where = pathOf(path);
  const { bytes: length } = await platform.stat(where);
  if (length > MAX_BYTES) fail(`it has ${length} bytes; ${MAX_BYTES} are the limit`);
  const bytes = await platform.readFile(where, { signal });
  const { tensors, metadata } = readSafetensors(bytes, path);
  const { version, graph: text } = metadata;
  if (version !== VERSION) {
    fail(`it is of version ${version?.slice(0, 20)} of the format; version ${VERSION} is read`);
  }
  const about = aboutIn(metadata, fail), graph = graphFromJson(text ?? "", fail);
  for (const [name, shape] of graph.parameters) {
    const found = tensors.get(name)?.shape;
    if (found?.join() !== shape.join()) {
      fail(
        `its parameter "${name}" is ${found ? `[${found.join(", ")}]` : "missing"}, not [${
          shape.join(", ")
        }]`,
      );
    }
  }
  const { title, labels, scores, preprocess } = about;
  return {
    graph,
    parameters: tensors,
    preprocess: preprocess as Preprocess,
    labels,
    scores: scores ?? undefined,
    title,
    sha256: await platform.sha256(bytes),
  };
}

/** What a file's metadata says beside the graph. */
function aboutIn(metadata: Record<string, string>, fail: (reason: string) => never): About {
  const json: Record<string, unknown> = {};
  for (const key of Object.keys(aboutSchema.shape)) {
    try {
      json[key] = parseJson(metadata[key] ?? "null");
    } catch {
      fail(`its ${key} is no JSON`);
    }
  }
  const found = checked(aboutSchema, json);
  return found.data ?? fail(`its ${found.path || "metadata"} is wrong: ${found.message}`);
}

/** Files that {@link encodeModel} wrote. */
export const portable: ModelAdapter = {
  id: "phosphene",
  title: "Phosphene's own file",
  licence: "a file's own licence is its maker's",
  source: "models/portable.ts",
  models: [],
  accepts: () => false,
  recognizes: ({ head }) => new TextDecoder().decode(head.subarray(8)).startsWith(BEGINNING),
  async architecture(id) {
    const { graph, preprocess } = await readPortable(id);
    return {
      graph,
      preprocess: preprocess as Preprocess,
      inputSize: sizeAfter(preprocess as Preprocess),
    };
  },
  async load(id, options) {
    refuseWeights(id, options);
    const { title, sha256, ...described } = await readPortable(id, options.signal);
    return modelOf(id, title, described, { sha256, source: id }, options);
  },
};
