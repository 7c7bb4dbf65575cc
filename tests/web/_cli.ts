/** The real command line. */
import { within } from "../_support/patience.ts";
import { phospheneArgs } from "../_support/task.ts";

const ROOT = new URL("../../", import.meta.url);

/** Arguments of `deno` for these of the command line, from any folder. */
export const denoArgs = (...args: string[]): string[] =>
  phospheneArgs(...args).map((arg) => arg === "cli.ts" ? new URL(arg, ROOT).pathname : arg);

/** The command that users run, with the permissions that it has there. */
export const phosphene = (args: string[], cwd: string | URL = ROOT): Deno.ChildProcess =>
  new Deno.Command(Deno.execPath(), {
    args: denoArgs(...args),
    cwd,
    stdout: "piped",
    stderr: "piped",
  }).spawn();

/** Starts the gallery on a free port; where it is, once it listens. */
export async function gallery(args: string[], cwd?: string) {
  const child = phosphene(["gallery", "--port", "0", "--backend", "wasm", ...args], cwd);
  let printed = "";
  const readLine = async () => {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      printed += part;
      if (printed.includes("\n")) break;
    }
  };
  await within(readLine(), "the gallery's address");
  const url = /^(http:\/\/127\.0\.0\.1:\d+)\//.exec(printed)?.[1];
  if (!url) throw new Error(`${printed} ${await new Response(child.stderr).text()}`);
  return { child, url };
}
