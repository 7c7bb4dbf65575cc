/** @jsxImportSource npm:preact@10.29.8 */
/** Compares the runs that the address's fragment names, in a site of files. */
import { useEffect, useState } from "../../deps/preact_hooks.ts";
import type { Compared } from "../compared.ts";
import { exportedCompared, exportedRuns } from "../exported.ts";
import { Compare } from "./Compare.tsx";

/** The runs that are named, in that order; those that there are. */
async function chosen(address: string, most: number): Promise<readonly Compared[]> {
  const ids = [...new Set(new URLSearchParams(location.hash.slice(1)).getAll("run"))];
  const runs = new Map((await exportedRuns(address)).map((run) => [run.entry.id, run]));
  const known = ids.flatMap((id) => runs.get(id) ?? []).slice(0, most);
  return (await Promise.all(known.map(exportedCompared))).filter((run) => run !== undefined);
}

export function CompareChosen({ runs: address, diverging, most }: {
  /** Of the script with the runs. */
  runs: string;
  diverging: readonly string[];
  most: number;
}) {
  const [found, setFound] = useState<readonly Compared[] | "failed">();
  useEffect(() => {
    const read = () =>
      chosen(address, most).catch(() => "failed" as const).then((found) => setFound(found));
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  if (found === undefined) return null;
  if (found === "failed") return <p>The runs cannot be read.</p>;
  if (found.length === 0) {
    return <p>Tick the boxes on the pictures of two to six runs, then press Compare.</p>;
  }
  return <Compare key={found.map(({ id }) => id).join("\n")} runs={found} diverging={diverging} />;
}
CompareChosen.displayName = "CompareChosen";
