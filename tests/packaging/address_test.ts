/** The library and the command line by address: from a server, from any folder. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  ts: "application/typescript",
  tsx: "text/tsx",
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** Serves the checkout to this machine. */
function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname, type = TYPES[path.split(".").at(-1)!];
    const bytes = await Deno.readFile(new URL(`.${path}`, root)).catch(() => undefined);
    return new Response(bytes ?? null, {
      status: bytes ? 200 : 404,
      headers: { "content-type": type ?? "application/octet-stream" },
    });
  });
}

async function deno(cwd: string, program: string, ...args: string[]) {
  const env = { NO_COLOR: "1", DENO_INSTALL_ROOT: `${cwd}/installed` };
  const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd, env }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, err);
  return out;
}

Deno.test("a script imports by address, and phosphene is installed from one and from a path", async () => {
  const folder = await Deno.makeTempDir({ prefix: "phosphene-address-" }), server = serve();
  const program = Deno.execPath(), address = `http://127.0.0.1:${server.addr.port}/`;
  try {
    await Deno.copyFile(new URL("examples/images/cat-4.png", root), `${folder}/mine.png`);
    await Deno.writeTextFile(
      `${folder}/script.ts`,
      `import { attribute, loadImage, loadModel, saveRun } from "${address}mod.ts";
      const model = await loadModel("phosphene-resnet");
      const run = await attribute("saliency", { model, image: await loadImage("mine.png") });
      console.log((await saveRun(run, "runs")).path);`,
    );
    const path = (await deno(folder, program, "run", "-A", "--no-check", "script.ts")).trim();
    assert.ok((await Deno.stat(`${folder}/${path}/manifest.json`)).isFile);

    for (const from of [`${address}cli.ts`, new URL("cli.ts", root).href]) {
      await deno(folder, program, "install", "--global", "-A", "--force", "-n", "phosphene", from);
      const phosphene = `${folder}/installed/bin/phosphene`;
      assert.match(await deno(folder, phosphene, "predict", "mine.png"), /cat/);
      const site = `site-${from.length}`;
      await deno(folder, phosphene, "gallery", "export", site, "--quiet");
      assert.ok((await Deno.stat(`${folder}/${site}/static/islands.js`)).isFile);
    }
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
