/**
 * Programs that are killed while they save runs: afterwards every run is whole, none that was there is
 * gone, and the next run that is left alone clears away what was half written.
 */
import { loadRun } from "../../run/load.ts";
import { phospheneArgs } from "../_support/task.ts";

/** What was found. */
export interface KillFindings {
  kills: number;
  /** Kills while something was being written. */
  amid: number;
  saved: number;
  readonly lost: string[];
  readonly half: string[];
  /** Partial files or folders after a run that came to its end. */
  readonly left: string[];
  seconds: number;
}

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
/** Pictures of one program: it saves as long as it is let. */
const PICTURES = 60;
/** Programs in one folder at a time. */
const AT_ONCE = 2;
/** A run left alone after so many kills. */
const CHECK_EVERY = 50;

function phosphene(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: phospheneArgs(...args),
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

/** Kills so many programs, or for so long. */
export async function killCampaign(
  { kills, until, random }: { kills: number; until: number; random: () => number },
): Promise<KillFindings> {
  const start = performance.now(), folder = await Deno.makeTempDir({ prefix: "fuzz-kill-" });
  const out = `${folder}/runs`, picture = `${root}examples/images/cat-4.png`;
  await Deno.mkdir(out);
  const found: KillFindings = {
    ...{ kills: 0, amid: 0, saved: 0, seconds: 0 },
    ...{ lost: [], half: [], left: [] },
  };
  const known = new Set<string>();
  const command = ["saliency", "--backend", "wasm", "--out", out, "--force"];

  /** Looks at every run that is new; those known before must still be there. */
  async function look(): Promise<void> {
    const there = names(out), runs = there.filter((name) => !name.startsWith("."));
    if (runs.length < there.length) found.amid++;
    for (const name of known) if (!runs.includes(name)) found.lost.push(name);
    for (const name of runs) {
      if (known.has(name)) continue;
      known.add(name);
      try {
        const run = await loadRun(`${out}/${name}`);
        await run.values();
        for (const { role } of run.manifest.files) {
          if (role !== "values" && role !== "animation" && role !== "losses") {
            await run.picture(role);
          }
        }
        await run.source();
      } catch (error) {
        found.half.push(`${name}: ${error}`);
      }
    }
  }

  /** One program, killed a while after it has begun to save. */
  async function killOne(): Promise<void> {
    const process = phosphene(...command, ...Array(PICTURES).fill(picture));
    const output = process.stdout.getReader();
    // at a random moment of its start, or of one of its first runs
    if (random() < 0.1) await sleep(random() * 1000);
    else {
      await output.read();
      await sleep(random() * 1500);
    }
    try {
      process.kill("SIGKILL");
    } catch {
      // it had come to its end
    }
    await process.status;
    await output.cancel();
    found.kills++;
  }

  try {
    while (found.kills < kills && Date.now() < until) {
      for (let n = 0; n < CHECK_EVERY && found.kills < kills && Date.now() < until; n += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, killOne));
        await look();
      }
      const last = phosphene(...command, picture);
      await new Response(last.stdout).text();
      const { success } = await last.status;
      if (!success) found.left.push("a run after the kills did not work");
      await look();
      found.left.push(...names(out).filter((name) => name.startsWith(".partial-")));
    }
    found.saved = known.size;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  found.seconds = (performance.now() - start) / 1000;
  return found;
}
