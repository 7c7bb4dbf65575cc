/** Commands that are measured as a whole. */
const root = new URL("../", import.meta.url).pathname;

/** Runs Deno with these arguments from the project's folder. @throws Error with what it says where it fails. */
export async function run(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
