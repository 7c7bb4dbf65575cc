/** Python with PyTorch, where this machine has one: what trains the networks, and the benches' peer. */

/** Debian's own comes second, as another may stand before it on the path. */
export const CANDIDATES = ["python3", "/usr/bin/python3"];

/** The first Python that can import these modules, if any. */
export async function findPython(modules: readonly string[]): Promise<string | undefined> {
  for (const python of CANDIDATES) {
    const args = ["-c", `import ${modules.join(", ")}`];
    const check = new Deno.Command(python, { args, stderr: "null" });
    if (await check.output().then(({ success }) => success, () => false)) return python;
  }
  return undefined;
}
