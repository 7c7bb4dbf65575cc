/**
 * What a repository's `config.json` says of its network: timm's, with the preprocessing in
 * `pretrained_cfg` or, in older ones, beside the rest; and names of classes, also as transformers
 * writes them.
 */
import { UserError } from "../../core/errors.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { quoted } from "../../core/text.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import { preprocessOf, type TimmRow } from "../catalogue/timm.ts";
import { parseLabels } from "../labels.ts";

/** What a `config.json` says. */
export interface HubConfig {
  /** As timm calls it. */
  readonly architecture: string;
  readonly preprocess: Preprocess;
  readonly classes?: number;
  /** Names of the classes, where it has them. */
  readonly labels?: readonly string[];
  /** What else it says that is not read; the end of a sentence. */
  readonly unread: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const isTriple = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length === 3 && value.every((n) => Number.isFinite(n));

/** @throws UserError, a reason, where it is of another library, or not to be understood. */
export function readConfig(text: string): HubConfig {
  const json = parsed(text);
  const nested = isObject(json.pretrained_cfg), unread: string[] = [];
  const declared = (nested ? json.pretrained_cfg : json) as Json;
  const { architecture } = json;
  if (typeof architecture !== "string") {
    const others = Array.isArray(json.architectures)
      ? ` (of ${quoted(json.architectures[0])})`
      : "";
    throw new UserError(
      `its config.json names no "architecture" as timm's do${others}: only networks of timm's can ` +
        `be read from the hub`,
      { code: "unsupported" },
    );
  }
  if (isObject(json.model_args) && Object.keys(json.model_args).length > 0) {
    unread.push(`model_args ${quoted(json.model_args)}`);
  }
  const classes = [json.num_classes, declared.num_classes].find((n) => Number.isInteger(n));
  return {
    architecture: architecture.split(".", 1)[0],
    preprocess: preprocessIn(declared, unread),
    classes: classes as number | undefined,
    labels: labelsIn(json, declared),
    unread,
  };
}

function parsed(text: string): Json {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw new UserError(`its config.json is none: ${(cause as Error).message}`, {
      code: "bad-file",
      cause,
    });
  }
  if (isObject(json)) return json;
  throw new UserError(`its config.json holds ${quoted(json)}`, { code: "bad-file" });
}

function preprocessIn(declared: Json, unread: string[]): Preprocess {
  const { input_size, crop_pct, interpolation, crop_mode, mean, std } = declared;
  const refuse = (name: string, value: unknown) =>
    new UserError(`its config.json has the ${name} ${quoted(value)}`, { code: "unsupported" });
  if (input_size !== undefined && !isTriple(input_size)) throw refuse("input_size", input_size);
  const [, height = 224, width = 224] = (input_size ?? []) as number[];
  if (height !== width || height < 1) throw refuse("input_size", input_size);
  if (crop_pct !== undefined && !(typeof crop_pct === "number" && crop_pct > 0)) {
    throw refuse("crop_pct", crop_pct);
  }
  if (crop_mode !== undefined && crop_mode !== "center" && crop_mode !== "squash") {
    throw refuse("crop_mode", crop_mode);
  }
  const known = interpolation === "bilinear" || interpolation === "bicubic";
  if (interpolation !== undefined && !known) {
    unread.push(`the interpolation ${quoted(interpolation)}, so pictures are resized bicubically`);
  }
  const row: TimmRow = {
    size: height,
    crop: crop_pct as number | undefined,
    interpolation: known ? interpolation : undefined,
    squash: crop_mode === "squash",
  };
  const usual = preprocessOf(row);
  return {
    ...usual,
    mean: isTriple(mean) ? mean : usual.mean,
    std: isTriple(std) ? std : usual.std,
  };
}

/** Names of classes: `label_names`, by `label_descriptions` where it has them; or `id2label`. */
function labelsIn(json: Json, declared: Json): readonly string[] | undefined {
  const names = json.label_names ?? declared.label_names ?? json.labels ?? json.id2label;
  if (typeof names !== "object" || names === null) return undefined;
  let labels: readonly string[];
  try {
    labels = parseLabels(JSON.stringify(names));
  } catch {
    return undefined; // numbers do as well
  }
  const described = json.label_descriptions ?? declared.label_descriptions;
  if (!isObject(described)) return labels;
  return labels.map((label) => {
    const text = described[label];
    return typeof text === "string" ? text : label;
  });
}
