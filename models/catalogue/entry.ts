/** What the catalogue knows of published weights. */
import type { Preprocess } from "../../image/preprocess.ts";

/** Weights that somebody published for an architecture. */
export interface Entry {
  /** `resnet50.a1_in1k`: the architecture, and which weights. */
  readonly id: string;
  readonly architecture: string;
  /** Where they are. */
  readonly from: OnHub | AtAddress;
  /** How they want their pictures. */
  readonly preprocess: Preprocess;
  readonly classes: number;
  /** As whoever published them says; undefined where that is not known. */
  readonly licence?: string;
  /** Size of the file, as exactly as it is published; undefined where it is not. */
  readonly bytes?: number;
}

/** A repository of the hub. */
export interface OnHub {
  readonly repo: string;
  readonly file: string;
}

/** A file at an address. */
export interface AtAddress {
  readonly url: string;
  /** How its SHA-256 begins. */
  readonly sha256: string;
}

/** Architectures, and the tags of their weights; the first is meant where none is named. */
export type Table<Row> = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** Means and deviations of colours: the pictures' of ImageNet where nothing is said. */
export const COLOURS = {
  half: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  none: { mean: [0, 0, 0], std: [1, 1, 1] },
  // of CLIP's pictures
  clip: {
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
} as const;
