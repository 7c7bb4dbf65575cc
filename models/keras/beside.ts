/** What lies beside a `model.json` and tells of it: names of classes, Teachable Machine's metadata. */
import { UserError } from "../../core/errors.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import { platform } from "../../platform/mod.ts";
import { labelsText, parseLabels } from "../labels.ts";
import { beside, isAddress } from "../_location.ts";

/** What the file's maker says of a model. */
export interface Told {
  readonly labels?: readonly string[];
  readonly preprocess?: Partial<Preprocess>;
  /** A sentence on what was taken for granted. */
  readonly note?: string;
}

/** The text of a file beside another, if it is there; nobody asked for it. */
async function textBeside(source: string, name: string): Promise<string | undefined> {
  if (isAddress(source)) return undefined; // asking a server for five files is not ours to do
  const path = beside(source, name);
  try {
    return await labelsText(path);
  } catch (error) {
    const fault = platform.fault(error);
    if (fault === "missing" || fault === "forbidden") return undefined;
    throw refuse(path, platform.reason(error), error);
  }
}

const refuse = (path: string, reason: string, cause?: unknown) =>
  new UserError(
    `Cannot read the classes in "${path}": ${reason}. Name them with \`labels\` instead.`,
    { code: "bad-file", option: "labels", cause },
  );

const LABEL_FILES = ["labels.json", "classes.json", "labels.txt", "class_names.txt"];

/** Names of classes from a file beside `model.json`, if one of the usual names is there. */
async function labelsBeside(source: string): Promise<readonly string[] | undefined> {
  for (const name of LABEL_FILES) {
    const text = await textBeside(source, name);
    if (text === undefined) continue;
    try {
      return parseLabels(text);
    } catch (cause) {
      throw refuse(beside(source, name), (cause as Error).message, cause);
    }
  }
}

/** Teachable Machine's own side of pictures, where its metadata does not tell another. */
const TEACHABLE_SIDE = 224;

/**
 * What Teachable Machine writes into `metadata.json`: the names of the classes, the side of its
 * pictures. Its library cuts the middle square out, and takes levels as x/127.5 − 1
 * (https://github.com/googlecreativelab/teachablemachine-community, libraries/image).
 */
async function teachable(source: string): Promise<Told | undefined> {
  const text = await textBeside(source, "metadata.json");
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = parseJson(text);
  } catch {
    return undefined; // someone else's metadata
  }
  if (!isObject(json)) return undefined;
  const { labels, imageSize, packageName, tmVersion } = json;
  if (packageName !== "@teachablemachine/image" && tmVersion === undefined) return undefined;
  const side = Number.isInteger(imageSize) ? imageSize as number : TEACHABLE_SIDE;
  const named = Array.isArray(labels) && labels.every((label) => typeof label === "string");
  return {
    ...(named && labels.length ? { labels } : {}),
    preprocess: { resize: side, crop: side, mean: [0.5], std: [0.5], range: 1 },
  };
}

/** Of every line of its `labels.txt`. */
const NUMBERED = /^\d+ \S/;

/**
 * Teachable Machine's export for Keras: always `keras_model.h5`, with a `labels.txt` of numbered lines
 * beside it. Its sample code takes levels as x/127.5 − 1 too.
 */
async function teachableKeras(source: string): Promise<Told | undefined> {
  if (!/(^|[/\\])keras_model\.h5$/i.test(source)) return undefined;
  const text = await textBeside(source, "labels.txt");
  const lines = text?.split("\n").map((line) => line.trim()).filter(Boolean) ?? [];
  if (lines.length === 0 || !lines.every((line) => NUMBERED.test(line))) return undefined;
  const side = TEACHABLE_SIDE;
  return {
    preprocess: { resize: side, crop: side, mean: [0.5], std: [0.5], range: 1 },
    note: `"${source}" and its numbered labels.txt are called as in Teachable Machine's exports: ` +
      "pictures are cut square, and levels taken from -1 to 1, as it does. Options of the " +
      "preprocessing say otherwise.",
  };
}

/** What is told of a model by the files beside it. @throws UserError for a file that is damaged. */
export async function toldBeside(source: string): Promise<Told> {
  const told = await teachable(source) ?? await teachableKeras(source) ?? {};
  return told.labels ? told : { ...told, labels: await labelsBeside(source) };
}
