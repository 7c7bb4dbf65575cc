/**
 * The catalogue: published weights by id, `ARCHITECTURE.TAG`, as timm calls them; torchvision's where
 * timm has none of that name, and otherwise by what their files hold.
 */
import { CONVNEXTS } from "./convnext.ts";
import { DENSENETS } from "./densenet.ts";
import { EFFICIENTNETS } from "./efficientnet.ts";
import type { Entry } from "./entry.ts";
import { INCEPTIONS } from "./inception.ts";
import { MOBILENETS } from "./mobilenetv3.ts";
import { REGNETS } from "./regnet.ts";
import { RESNETS } from "./resnet.ts";
import { timmEntry, type TimmTable } from "./timm.ts";
import { torchvisionEntry } from "./torchvision.ts";
import { TORCHVISION } from "./torchvision_files.ts";
import { VGGS } from "./vgg.ts";

export type { AtAddress, Entry, OnHub } from "./entry.ts";

const TIMM: TimmTable = {
  ...RESNETS,
  ...VGGS,
  ...DENSENETS,
  ...INCEPTIONS,
  ...EFFICIENTNETS,
  ...MOBILENETS,
  ...REGNETS,
  ...CONVNEXTS,
};

/** The published weights of an architecture; the first is meant where none is named. */
export function weightsOf(architecture: string): readonly Entry[] {
  if (Object.hasOwn(TIMM, architecture)) {
    return Object.entries(TIMM[architecture])
      .map(([tag, row]) => timmEntry(architecture, tag, row));
  }
  return torchvisionsOf(architecture);
}

/** Torchvision's files for an architecture, under whatever ids. */
function torchvisionsOf(architecture: string): readonly Entry[] {
  if (!Object.hasOwn(TORCHVISION, architecture)) return [];
  return Object.entries(TORCHVISION[architecture])
    .map(([tag, row]) => torchvisionEntry(architecture, tag, row));
}

/** Architectures of which there are published weights. */
export const published = (): string[] => [
  ...new Set([...Object.keys(TIMM), ...Object.keys(TORCHVISION)]),
];

/** `resnet50.a1_in1k` → `resnet50`; an id without a tag as it is. */
export const architectureIn = (id: string): string => id.split(".", 1)[0];

/** The weights that an id means: `resnet50.a1_in1k`, or those that `resnet50` takes. */
export function entryOf(id: string): Entry | undefined {
  const entries = weightsOf(architectureIn(id));
  return id.includes(".") ? entries.find((entry) => entry.id === id) : entries[0];
}

/**
 * Names of ImageNet's classes, for published weights and for files of as many classes: an
 * architecture in the catalogue with 1000 classes is taken to be ImageNet's.
 */
export async function labelsOf(
  architecture: string,
  classes: number,
): Promise<readonly string[] | undefined> {
  if (classes !== 1000 || weightsOf(architecture).length === 0) return undefined;
  const { IMAGENET } = await import("./imagenet.ts");
  return IMAGENET;
}

const torchvisions = (): Entry[] => Object.keys(TORCHVISION).flatMap(torchvisionsOf);

/** A file of torchvision's, by its SHA-256. */
export const recognizedBy = (sha256: string): Entry | undefined =>
  torchvisions().find(({ from }) => "sha256" in from && sha256.startsWith(from.sha256));

/** What torchvision's file of that name is: `resnet50-11ad3fa6.pth`. */
export const namedLike = (path: string): Entry | undefined =>
  torchvisions().find(({ from }) =>
    "url" in from && from.url.split("/").at(-1) === path.split(/[\\/]/).at(-1)
  );
