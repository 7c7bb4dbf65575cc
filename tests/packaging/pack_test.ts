/** The package for npm, installed as a user would, under Node and under Deno. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isAtLeast, LEAST } from "../../platform/least.ts";
import { pack } from "../../packaging/pack.ts";
import { helpersIn, packagesIn } from "../../packaging/_sources.ts";

Deno.test("packages come with their exact versions, and helpers are found", () => {
  const source = `export * from "npm:@a/b@1.2.0-1/c.js"; import "npm:d@3.4.5";
/** startHelper(new URL("./no.ts" */ startHelper(new URL("./_yes.ts", import.meta.url), x);`;
  assert.deepEqual(packagesIn(source), { "@a/b": "1.2.0-1", d: "3.4.5" });
  assert.deepEqual(helpersIn("web/jobs.ts", source), ["web/_yes.ts"]);
});

type Variables = Readonly<Record<string, string>>;

async function run(
  folder: string,
  [program, ...args]: string[],
  env: Variables = {},
) {
  const options = { args, cwd: folder, env: { NO_COLOR: "1", ...env } };
  const command = new Deno.Command(program, options);
  const { code, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

const works = (program: string, ...args: string[]) =>
  run(".", [program, ...args]).then(
    ({ code, out }) => code === 0 ? out : undefined,
    () => undefined,
  );

/** A Node that is new enough: the machine's, or one that npm fetches; nothing where there is neither. */
async function node(folder: string): Promise<string | undefined> {
  const [, version = "0"] = /^v(\S+)/.exec(await works("node", "--version") ?? "") ?? [];
  if (isAtLeast(version, LEAST.Node)) return "node";
  const { code } = await run(folder, ["npm", "install", "--no-audit", "--no-fund", "node@22"]);
  return code === 0 ? `${folder}/node_modules/node/bin/node` : undefined;
}

/** A registry that has this package alone. */
function registryOf(name: string, packed: Uint8Array<ArrayBuffer>, manifest: { version: string }) {
  const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    if (url.endsWith(".tgz")) return new Response(packed);
    const dist = { tarball: new URL("/packed.tgz", url).href, integrity };
    const { version } = manifest;
    return Response.json({
      ...{ name, "dist-tags": { latest: version } },
      versions: { [version]: { ...manifest, dist } },
    });
  });
}

const SCRIPT = `import { Buffer } from "node:buffer";
import { attribute, encodeWebp, loadImage, loadModel, useBackend } from "@phosphene/phosphene";
await useBackend("wasm");
const model = await loadModel("phosphene-resnet");
const image = await loadImage("node_modules/@phosphene/phosphene/examples/images/cat-4.png");
const values = [];
for (const technique of ["saliency", "grad-cam", "lrp"]) {
  const { map } = await attribute(technique, { model, image });
  values.push(Buffer.from(map.buffer, map.byteOffset, map.byteLength).toString("hex"));
}
for (const lossless of [false, true]) {
  const animation = await encodeWebp([image, image], { delayMs: 100, lossless });
  values.push(Buffer.from(animation).toString("hex"));
}
console.log(values.join());`;

Deno.test("the package works on Node as on Deno, to the bit", async () => {
  if (await works("npm", "--version") === undefined) return console.log("no npm here: skipped");
  const folder = await Deno.makeTempDir({ prefix: "phosphene-installed-" });
  try {
    const file = await pack(folder);
    await Deno.writeTextFile(`${folder}/package.json`, `{ "type": "module" }`);
    const flags = ["--no-audit", "--no-fund", "--prefer-offline"];
    const installed = await run(folder, ["npm", "install", ...flags, file]);
    assert.equal(installed.code, 0, installed.err);
    const program = await node(folder);
    if (!program) return console.log("no Node 22 here: skipped");
    await Deno.writeTextFile(`${folder}/script.mjs`, SCRIPT);

    const onNode = await run(folder, [program, "script.mjs"]);
    const onDeno = await run(folder, [Deno.execPath(), "run", "-A", "script.mjs"]);
    assert.equal(onNode.err, "");
    assert.ok(onNode.out.length > 1000);
    assert.equal(onNode.out, onDeno.out);

    const bin = "node_modules/@phosphene/phosphene/cli.js";
    const picture = "node_modules/@phosphene/phosphene/examples/images/cat-4.png";
    for (
      const [args, code, said] of [
        [["saliency", picture], 0, /cat \(1\)/],
        [["saliency", "none.png"], 2, /there is no such file/],
        [["doctor"], 0, /Node +\d[^]*Node has no WebGPU/],
      ] as const
    ) {
      const found = await run(folder, [program, bin, ...args]);
      assert.equal(found.code, code, found.err);
      assert.match(found.out + found.err, said);
    }
    const PATH = `${program.replace(/[^/]*$/, "")}:${Deno.env.get("PATH")}`;
    const npx = await run(folder, ["npx", "phosphene", "predict", picture], { PATH });
    assert.match(npx.out, /^1 +1 +cat /m, npx.err);

    const module = `file://${folder}/node_modules/@phosphene/phosphene/platform/mod.js`;
    const script = decodeURIComponent(new URL("_platform.mjs", import.meta.url).pathname);
    const platform = await run(folder, [program, script, module]);
    assert.equal(platform.out, "passed\n", platform.err);

    const manifest = JSON.parse(
      await Deno.readTextFile(`${folder}/node_modules/@phosphene/phosphene/package.json`),
    );
    await using registry = registryOf(manifest.name, await Deno.readFile(file), manifest);
    const home = { HOME: folder, DENO_DIR: `${folder}/deno` };
    const scope = `@phosphene:registry=http://127.0.0.1:${registry.addr.port}/\n`;
    await Deno.writeTextFile(`${folder}/.npmrc`, scope);
    await Deno.mkdir(`${folder}/elsewhere`);
    const command = ["x", "--yes", `npm:${manifest.name}`, "predict", `../${picture}`];
    const x = await run(`${folder}/elsewhere`, [Deno.execPath(), ...command], home);
    assert.match(x.out, /^1 +1 +cat /m, x.err);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
