/** Weights that torchvision publishes, each in a file that is named after its hash. */
import type { Preprocess } from "../../image/preprocess.ts";
import { evaluation } from "../_evaluation.ts";
import { COLOURS, type Entry, type Table } from "./entry.ts";

/** What torchvision declares of a file (`transforms`), as far as it is not the usual. */
export interface TorchvisionRow {
  readonly file: string;
  /** The shorter side, in pixels. Default 256; the second generation's is 232. */
  readonly resize?: number;
  /** Side of the input, in pixels. Default 224. */
  readonly crop?: number;
  /** Default bilinear. */
  readonly interpolation?: Preprocess["interpolation"];
  /** `half` too where the network itself makes that of ImageNet's (`transform_input`). */
  readonly colours?: keyof typeof COLOURS;
  /** Size of the file, in MiB. */
  readonly mib: number;
  /** Default BSD-3-Clause, as torchvision itself. */
  readonly licence?: string;
}

export type TorchvisionTable = Table<TorchvisionRow>;

/** Where torchvision's files are. */
export const TORCHVISION_AT = "https://download.pytorch.org/models/";

/** How the SHA-256 of a file begins that is named as torchvision (`torch.hub`) names its files. */
export const hashInName = (name: string): string | undefined =>
  /-([0-9a-f]{8,64})\.(?:pth|pt|th|safetensors)$/.exec(name)?.[1];

/** The entry of a file that torchvision publishes. */
export function torchvisionEntry(architecture: string, tag: string, row: TorchvisionRow): Entry {
  const { file, resize = 256, crop = 224, interpolation = "bilinear", colours, mib } = row;
  return {
    id: `${architecture}.${tag}`,
    architecture,
    from: { url: TORCHVISION_AT + file, sha256: hashInName(file)! },
    preprocess: {
      ...evaluation(crop, 1, interpolation),
      resize,
      ...(colours && COLOURS[colours]),
    },
    classes: 1000,
    licence: row.licence ?? "bsd-3-clause",
    bytes: Math.round(mib * 2 ** 20),
  };
}
