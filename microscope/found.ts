/** What was found for a microscope, from which its layers are written. */
import type { KeyResults } from "../jobs/results.ts";
import { encodePng, loadImage, type Picture } from "../image/mod.ts";
import { preparedFor } from "../run/prepared.ts";
import type { PictureEntry } from "./data.ts";
import type { Images } from "./images.ts";
import { type MicroscopePlan, write } from "./plan.ts";
import type { Scanned } from "./scans.ts";
import type { Votes } from "./votes.ts";

export interface Found {
  readonly results: KeyResults;
  readonly scans: readonly Scanned[];
  readonly voted: Votes;
  readonly images: Images;
  /** Of all pictures: which of them are seen, and what they excite, is put in. */
  readonly entries: PictureEntry[];
}

/** What the network sees of a picture; the microscope shows it from now on. */
export async function shown(
  plan: MicroscopePlan,
  entries: PictureEntry[],
  picture: number,
): Promise<Picture> {
  const { picture: seen } = preparedFor(await loadImage(plan.pictures[picture].path), plan.model);
  if (!entries[picture].seen) {
    await write(plan, `seen/${picture}.png`, await encodePng(seen));
    entries[picture].seen = true;
  }
  return seen;
}
