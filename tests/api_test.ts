/** What the package shows of itself: every public name has a type, and a sentence that tells of it. */
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };

const root = new URL("../", import.meta.url);

/** What can be imported; the command line is run. */
const entries = Object.values(config.exports).filter((path) => path !== "./cli.ts");

/**
 * What `deno doc --lint` finds. Other packages are left out, as where packages are published: what
 * they say of their own types is theirs.
 */
async function faults(paths: readonly string[]): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", "--no-npm", "--lock=deno.dev.lock", "--frozen", ...paths],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  return success ? "" : new TextDecoder().decode(stderr) || "deno doc failed";
}

Deno.test("public names have types and docstrings, and so has all that they name", async () => {
  assert.equal(await faults(entries), "");
});

Deno.test("a name without them is found", async () => {
  const bare = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(bare, "export const bare = [1].map(String);\n");
    const found = await faults([bare]);
    assert.match(found, /missing-jsdoc[^]*missing-explicit-type/);
  } finally {
    await Deno.remove(bare);
  }
});
