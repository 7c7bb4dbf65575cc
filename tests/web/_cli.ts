/** The real command line. */
import { within } from "../_support/patience.ts";
import { phospheneArgs } from "../_support/task.ts";

const ROOT = new URL("../../", import.meta.url);

/** The command that users run, with the permissions that it has there. */
export const phosphene = (args: string[]): Deno.ChildProcess =>
  new Deno.Command(Deno.execPath(), {
    args: phospheneArgs(...args),
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();

/** Starts the gallery on a free port; where it is, once it listens. */
export async function gallery(args: string[]) {
  const child = phosphene(["gallery", "--port", "0", "--backend", "wasm", ...args]);
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
