/**
 * Measures what the page of the leaderboard shows, for both built-in networks; it takes an hour or two
 * and goes on where it was stopped:
 *
 *     deno task leaderboard
 */
import { BOARDS, type Boards, CHEAPER, FOUND, SANE } from "./_leaderboard.ts";
import type { Board } from "../leaderboard/table.ts";
import { techniques } from "../techniques/mod.ts";

const root = new URL("../", import.meta.url);
const folder = ".leaderboard";

/** Every attribution, the expensive ones with fewer samples. */
const ids = [...techniques].filter(({ kind }) => kind === "attribution").map(({ id }) => id);
const all = ids.map((id) => CHEAPER[id] ? `${id}(${CHEAPER[id]})` : id).join(", ");

async function measured(
  model: string,
  { metrics, pictures }: { readonly metrics: string; readonly pictures: number },
): Promise<Board> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--lock=deno.lock", "cli.ts", "leaderboard", "--model", model, "--json"],
      ...["--techniques", all, "--metrics", metrics, "--count", `${pictures}`, "--out", folder],
    ],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`The leaderboard of ${model} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** To four digits that count: more of them is chance. */
const rounded = (key: string, value: unknown) =>
  typeof value === "number" && !["count", "pictures"].includes(key)
    ? Number(value.toPrecision(4))
    : value;

const boards: Boards = { found: [], sane: [] };
for (const model of ["phosphene-resnet", "phosphene-vgg"]) {
  boards.found.push(await measured(model, FOUND));
  boards.sane.push(await measured(model, SANE));
}
await Deno.writeTextFile(BOARDS, `${JSON.stringify(boards, rounded, 1)}\n`);
