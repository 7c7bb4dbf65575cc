import assert from "node:assert/strict";

Deno.test("the islands' bundle is what its sources give (deno task islands)", async () => {
  const root = new URL("../../", import.meta.url);
  const bundle = await Deno.makeTempFile({ suffix: ".js" });
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const args = tasks.islands.split(" ").slice(1)
    .map((arg: string) => arg === "web/static/islands.js" ? bundle : arg);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const kept = await Deno.readTextFile(new URL("web/static/islands.js", root));
  assert.ok(await Deno.readTextFile(bundle) === kept, "run deno task islands");
  await Deno.remove(bundle);
});
