import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { decodeImage } from "../../image/mod.ts";
import { commandLine } from "../../run/command.ts";
import { ensureWritable, nameOf } from "../../run/folder.ts";
import { saveRun } from "../../run/save.ts";
import { useBackend } from "../../engine/runtime.ts";
import { attribute, visualize } from "../../mod.ts";
import { families, picture } from "../../conformance/networks.ts";
import fc from "../_support/property.ts";

await useBackend("wasm");
const [small] = families;
const model = small.model();
const source = {
  ...picture(18, 22),
  name: "It's a Cat!.png",
  sha256: "ab".repeat(32),
  path: "It's a Cat!.png",
};
const explained = await attribute("saliency", { model, image: source });
const dreamt = await visualize("deepdream", {
  model,
  image: source,
  options: { layer: small.layer, channel: small.channel, steps: 3, saveEvery: 2 },
  seed: 5,
});

/** Runs `test` with a folder of its own. */
async function inFolder(test: (folder: string) => Promise<unknown>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const list = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("an attribution is saved as pictures, values and a manifest", () =>
  inFolder(async (out) => {
    const { path, manifest } = await saveRun(explained, `${out}/new/runs`);
    assert.match(manifest.id, /^\d{8}-\d{6}-saliency-it-s-a-cat$/);
    assert.equal(path, `${out}/new/runs/${manifest.id}`);
    for (const name of ["input.png", "map.png", "overlay.png", "values.safetensors"]) {
      assert.ok(list(path).includes(name), name);
    }
    const seen = await decodeImage(await Deno.readFile(`${path}/input.png`));
    assert.deepEqual(seen.data, source.data);
    const { file, ...image } = manifest.image!;
    const { data: _, ...facts } = source;
    assert.deepEqual(image, facts);
    assert.ok(list(path).includes(file!.name), "what it was made of is kept");
    assert.deepEqual(manifest.target, explained.target);
  }));

Deno.test("a visualization is saved with its frames, whole or not at all", () =>
  inFolder(async (out) => {
    const { path, manifest } = await saveRun(dreamt, out);
    for (const name of ["frame-0002.png", "frame-0003.png", "final.png"]) {
      assert.ok(list(path).includes(name), name);
    }
    const files = manifest.files.filter(({ role }) => role === "animation" || role === "losses");
    assert.deepEqual(files.map(({ name, role, width }) => [name, role, width]), [
      ["animation.gif", "animation", 18],
      ["animation.webp", "animation", 18],
      ["losses.svg", "losses", undefined],
    ]);
    const start = await decodeImage(await Deno.readFile(`${path}/animation.webp`));
    assert.deepEqual(start.data, dreamt.start!.data, "pixel by pixel");
    assert.match(await Deno.readTextFile(`${path}/losses.svg`), /Loss over 3 steps/);
    assert.deepEqual(manifest.result.losses, dreamt.losses);
    assert.equal(manifest.seed, 5);
    assert.match(manifest.command, /^phosphene deepdream 'It'\\''s a Cat!.png' --model basic /);
    assert.match(manifest.command, / --save-every 2 .*--seed 5$/);
    const final = await decodeImage(await Deno.readFile(`${path}/final.png`));
    assert.deepEqual(final.data, dreamt.final.data);
  }));

Deno.test("where nothing moves there is no animation, and of one loss no curve", () =>
  inFolder(async (out) => {
    const [frame] = dreamt.frames;
    const { path } = await saveRun(
      { ...dreamt, start: undefined, frames: [frame], losses: [NaN, 1] },
      out,
    );
    const names = list(path).filter((name) => /^(animation|losses)/.test(name));
    assert.deepEqual(names, []);
  }));

Deno.test("two runs of one second get a folder each", () =>
  inFolder(async (out) => {
    const saved = await Promise.all([1, 2, 3].map(() => saveRun(explained, out)));
    const ids = saved.map(({ manifest }) => manifest.id).sort();
    assert.deepEqual(list(out), ids);
    assert.equal(new Set(ids).size, 3);
    for (const { path, manifest } of saved) {
      const written = JSON.parse(await Deno.readTextFile(`${path}/manifest.json`));
      assert.equal(written.id, manifest.id);
    }
  }));

Deno.test("an abort while saving leaves nothing", () =>
  inFolder(async (out) => {
    const signal = AbortSignal.abort(new Error("stop"));
    await assert.rejects(saveRun(explained, out, { signal }), { message: "stop" });
    assert.deepEqual(list(out), []);
  }));

Deno.test("a folder that cannot be written is the user's fault, and left alone", () =>
  inFolder(async (out) => {
    await Deno.writeTextFile(`${out}/file`, "");
    for (const folder of [`${out}/file`, `${out}/file/runs`]) {
      for (const attempt of [() => saveRun(explained, folder), () => ensureWritable(folder)]) {
        await assert.rejects(attempt(), (error: Error) => {
          assert.ok(error instanceof UserError, error.stack);
          assert.match(
            error.message,
            /^Cannot write to ".*file.*": .*choose another folder with `out`/,
          );
          return true;
        });
      }
    }
    assert.deepEqual(list(out), ["file"]);
    await ensureWritable(`${out}/a/b`);
    assert.deepEqual(list(`${out}/a/b`), []);
  }));

Deno.test("a command line is split by a shell into the arguments that it was made of", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[ -~äß]{1,12}$/), { minLength: 1, maxLength: 4 }),
      async (args) => {
        const script = `for a in ${commandLine(args)}; do printf '%s\\n' "$a"; done`;
        const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
        assert.deepEqual(new TextDecoder().decode(stdout).split("\n").slice(0, -1), args);
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("a run keeps its picture's name in any script, in characters that all disks take", () => {
  const named = (picture: string) =>
    nameOf(new Date(0), "x", picture).slice("19700101-000000-x".length);
  assert.equal(named("猫の写真.png"), "-猫の写真");
  assert.equal(named("My cat (2).tar.png"), "-my-cat-2-tar");
  assert.equal(named("e\u0301te\u0301.jpg"), "-\u00e9t\u00e9", "composed");
  assert.equal(named("🐱.png"), "-u1f431");
  assert.equal(named("...png"), "");
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (picture) => {
      const name = named(picture);
      assert.match(name, /^(-[\p{L}\p{M}\p{N}]+)*$/u);
      assert.ok(new TextEncoder().encode(name).length < 200);
      assert.equal(name, name.normalize("NFC"));
    }),
  );
});
