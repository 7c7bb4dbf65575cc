/**
 * The other host. Fresh itself comes from JSR, which tests do not reach: it is checked and run
 * against a stub with the types that Fresh publishes.
 */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { SAME_ORIGIN, writeRun } from "./_gallery.ts";
import { writeMadeUp } from "./_microscope.ts";

const here = (name: string) => new URL(name, import.meta.url);
const HOST = here("../../web/hosts/fresh.ts");

/** Runs `deno` with settings where Fresh's address leads to the stub, and a lock file of its own. */
async function deno(command: string, ...args: string[]): Promise<string> {
  const folder = await Deno.makeTempDir(), settings = `${folder}/deno.json`;
  const address = /from "(jsr:[^"]+)"/.exec(await Deno.readTextFile(HOST))![1];
  const imports = { ...config.imports, [address]: here("./_fresh_stub.ts").href };
  const { compilerOptions } = config;
  await Deno.writeTextFile(settings, JSON.stringify({ imports, compilerOptions }));
  await Deno.copyFile(here("../../deno.dev.lock"), `${folder}/deno.lock`);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [command, `--config=${settings}`, `--lock=${folder}/deno.lock`, ...args],
  }).output();
  await Deno.remove(folder, { recursive: true });
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("Fresh's host fits the types that Fresh publishes", async () => {
  await deno("check", HOST.pathname);
});

Deno.test("both hosts answer the same", async () => {
  const folder = await Deno.makeTempDir(), microscope = `${folder}/.a microscope`;
  await writeRun(folder, "a run");
  await writeMadeUp(microscope, { layers: { layer1: 2 }, labels: ["x"], pictures: ["a.png"] });
  const asked = [
    ["GET", "/", {}],
    ["GET", "/?q=car", {}],
    ["GET", "/runs/a%20run", {}],
    ["HEAD", "/runs/a%20run", {}],
    ["GET", "/runs/a%20run/files/map.png", {}],
    ["HEAD", "/runs/a%20run/files/manifest.json", {}],
    ["GET", "/runs/..%2Fa%20run", {}],
    ["GET", "/runs/%ff", {}],
    ["GET", "/nothing", {}],
    ["GET", "/new/saliency", {}],
    ["GET", "/jobs", {}],
    ["GET", "/jobs.json", {}],
    ["GET", "/jobs/none", {}],
    ["GET", "/events", {}],
    ["HEAD", "/events", {}],
    ["GET", "/models/phosphene-resnet/names.json", {}],
    ["GET", "/microscopes", {}],
    ["GET", "/microscopes/.a%20microscope", {}],
    ["GET", "/microscopes/.a%20microscope/", {}],
    ["GET", "/microscopes/.a%20microscope/classes.html", {}],
    ["GET", "/microscopes/.a%20microscope/channels/layer-0/1.html", {}],
    ["GET", "/microscopes/.a%20microscope/crops/layer-0/1.png", {}],
    ["HEAD", "/microscopes/.a%20microscope/seen/0.png", {}],
    ["GET", "/microscopes/.a%20microscope/seen/..%2F0.png", {}],
    ["GET", "/microscopes/.a%20microscope/seen%2F0.png", {}],
    ["GET", "/microscopes/none/layers/layer-0.html", {}],
    ["GET", "/static/style.css", {}],
    ["GET", "/", { host: "evil.example" }],
    ["POST", "/jobs/none/cancel", {}],
    ["POST", "/jobs/none/cancel", SAME_ORIGIN],
    ["POST", "/nothing", SAME_ORIGIN],
    ["PUT", "/", SAME_ORIGIN],
  ];
  const answers = JSON.parse(
    await deno(
      "run",
      "--no-check",
      "-A",
      here("./_fresh_asks.ts").pathname,
      folder,
      microscope,
      JSON.stringify(asked),
      HOST.href,
    ),
  );
  assert.equal(answers.length, asked.length);
  for (const [n, [hono, fresh]] of answers.entries()) {
    assert.deepEqual(fresh, hono, asked[n].slice(0, 2).join(" "));
  }
  const statuses = answers.map(([{ status }]: { status: number }[]) => status);
  assert.deepEqual(new Set(statuses), new Set([200, 404, 421, 403, 405]));
  await Deno.remove(folder, { recursive: true });
});
