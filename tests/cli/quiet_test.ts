/** What is not allowed is told in one sentence, and nothing else is said. */
import assert from "node:assert/strict";
import { file, root, scratch } from "./_phosphene.ts";

const picture = `${root}examples/images/cat-4.png`;

const script = file(
  "script.ts",
  `import { attribute, loadImage, loadModel, saveRun } from "${root}mod.ts";
  try {
    const model = await loadModel("phosphene-resnet");
    const run = await attribute("saliency", { model, image: await loadImage("${picture}") });
    await saveRun(run, "${scratch("of-script")}");
    console.log("done");
  } catch (error) {
    console.log(error.name, error.message);
  }`,
);

/** Runs a module with just these permissions, where the GPU's loader has nothing set. */
async function run(permissions: readonly string[], module: string, ...args: string[]) {
  const flags = ["--no-prompt", "--no-check", "--no-lock", ...permissions];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, module, ...args],
    clearEnv: true,
    env: { HOME: Deno.env.get("HOME") ?? "", PATH: Deno.env.get("PATH") ?? "", NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

for (
  const [permissions, missing] of [
    [[], "read"],
    [["--allow-write", "--allow-net", "--allow-env"], "read"],
    [["--allow-read"], "write"],
    [["--allow-read", "--allow-env", "--allow-net"], "write"],
    [["--allow-read", "--allow-write"], undefined],
    [["-A"], undefined],
  ] as const
) {
  Deno.test(`${permissions.join(" ") || "no permission"}: ${missing ?? "nothing"} is missing`, async () => {
    const told = new RegExp(`Deno may not ${missing} it without --allow-${missing}[.;]`);
    const library = await run(permissions, script);
    assert.equal(library.err, "");
    assert.match(library.out, missing ? told : /^done\n$/);
    assert.equal(library.out.split("\n").length, 2);

    const out = scratch(`of-cli-${permissions.length}`);
    const cli = await run(permissions, `${root}cli.ts`, "saliency", picture, "--out", out);
    assert.equal(cli.code, missing ? 2 : 0, cli.err);
    if (missing) assert.match(cli.err, told);
    assert.equal(cli.err.split("\n").length, missing ? 2 : 1, cli.err);
  });
}

Deno.test("a download that is not allowed is told so", async () => {
  const args = [
    "predict",
    picture,
    "--model",
    "resnet18",
    "--weights",
    "http://127.0.0.1:8999/w.pth",
  ];
  const { code, err } = await run(["--allow-read", "--allow-write"], `${root}cli.ts`, ...args);
  assert.equal(code, 2, err);
  assert.match(err, /--allow-net/);
  assert.doesNotMatch(err, /\n {4}at /);
});
