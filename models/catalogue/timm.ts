/** Weights that timm publishes on the hub. */
import type { Preprocess } from "../../image/preprocess.ts";
import { evaluation } from "../_evaluation.ts";
import { COLOURS, type Entry, type Table } from "./entry.ts";

/** What timm declares of weights (`pretrained_cfg`), as far as it is not the usual. */
export interface TimmRow {
  /** Side of the input, in pixels. Default 224. */
  readonly size?: number;
  /** The share of the resized picture that is cropped (`crop_pct`). Default 0.875. */
  readonly crop?: number;
  /** Default bicubic. */
  readonly interpolation?: Preprocess["interpolation"];
  readonly colours?: keyof typeof COLOURS;
  /** Whether pictures are made square before the crop, whatever their shape (`crop_mode`). */
  readonly squash?: boolean;
  /** Default 1000: ImageNet's. */
  readonly classes?: number;
  readonly licence?: string;
}

export type TimmTable = Table<TimmRow>;

/** How timm prepares pictures (its `data/transforms_factory.py`). */
export function preprocessOf(row: TimmRow): Preprocess {
  const { size = 224, crop = 0.875, interpolation = "bicubic", colours, squash } = row;
  const usual = evaluation(size, crop, interpolation), side = Math.floor(size / crop);
  return {
    ...usual,
    ...(squash && { resize: { width: side, height: side } }),
    ...(colours && COLOURS[colours]),
  };
}

/** The entry of weights that timm publishes. */
export function timmEntry(architecture: string, tag: string, row: TimmRow): Entry {
  const id = `${architecture}.${tag}`;
  return {
    id,
    architecture,
    from: { repo: `timm/${id}`, file: "model.safetensors" },
    preprocess: preprocessOf(row),
    classes: row.classes ?? 1000,
    licence: row.licence,
  };
}
