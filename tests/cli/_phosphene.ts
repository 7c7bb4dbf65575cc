/** The real command line, with the permissions of its task and no more. */
import { writeSafetensors } from "../../core/safetensors.ts";
import { encodePng } from "../../image/mod.ts";
import { architectureOf } from "../../models/mod.ts";
import { PATIENCE_MS } from "../_support/patience.ts";
import { phospheneArgs } from "../_support/task.ts";
import { syntheticState } from "../../conformance/synthetic.ts";

export const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** What a process said, and how it ended. */
export interface Said {
  readonly code: number;
  readonly out: string;
  /** {@link withoutLoading}. */
  readonly err: string;
}

/** Starts `phosphene` with these arguments; a hanging one is ended. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: phospheneArgs(...args),
    cwd: root,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).spawn();
}

/** What was told, but for how the loading of a model came along: a slow machine alone tells that. */
export const withoutLoading = (told: string): string => told.replace(/^loading .*\n/gm, "");

/** Runs `phosphene` to its end. */
export const phosphene = (...args: string[]): Promise<Said> => ended(start(args));

/** Waits for the end of a process. */
export async function ended(process: Deno.ChildProcess): Promise<Said> {
  const { code, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: withoutLoading(text(stderr)) };
}

const folder = await Deno.makeTempDir({ prefix: "phosphene-cli-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** A path in a folder of this test file's own. */
export const scratch = (name: string): string => `${folder}/${name}`;

/** A file in that folder; its path. */
export function file(name: string, content: string | Uint8Array): string {
  const path = scratch(name);
  Deno.writeFileSync(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return path;
}

/** A picture of a size, with something in it. */
export async function pictureFile(name: string, width = 48, height = 40): Promise<string> {
  const data = Uint8ClampedArray.from(
    { length: width * height * 3 },
    (_, i) => 128 + 90 * Math.sin(i / 7) + 30 * Math.cos(i / 131),
  );
  return file(name, await encodePng({ width, height, data }));
}

/** Weights for an architecture that follow from its names. */
export async function weightsFile(architecture: string): Promise<string> {
  const { graph } = await architectureOf(architecture);
  const state = Object.fromEntries(syntheticState(graph));
  return file(`${architecture}.safetensors`, writeSafetensors(state));
}

/** The names in a folder, hidden ones too; none where it does not exist. */
export const entries = (path: string): string[] => {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
};
