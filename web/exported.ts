/** What a site of files tells its own pages of the runs, in place of a server. */
import { bytesAt } from "./bytes.ts";
import type { Compared } from "./compared.ts";
import type { Listed } from "./run_query.ts";

/** A run in a site of files; addresses as pages at its top write them. */
export interface ExportedRun extends Listed {
  readonly href: string;
  readonly thumbnail: string;
  /** Of the script with its {@link Compared}, where it can be compared. */
  readonly compared?: string;
}

const textAt = async (address: string): Promise<string> =>
  new TextDecoder().decode(await bytesAt(address));

/** The runs, newest first. @throws where they cannot be read. */
export async function exportedRuns(address: string): Promise<readonly ExportedRun[]> {
  const { runs }: { runs: readonly ExportedRun[] } = JSON.parse(await textAt(address));
  return runs;
}

/** A run as it is compared; nothing where it cannot be. */
export async function exportedCompared({ compared }: ExportedRun): Promise<Compared | undefined> {
  if (compared === undefined) return undefined;
  const { run }: { run: Compared } = JSON.parse(await textAt(compared));
  return run;
}
