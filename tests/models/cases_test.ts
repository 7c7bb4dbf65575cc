/** Files that once broke a reader, as they may lie beside the checkout: each is refused in one line, or read. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { useBackend } from "../../engine/runtime.ts";
import { tfjs } from "../../models/keras/mod.ts";
import { loadWeights } from "../../models/weights/mod.ts";
import { parseManifest } from "../../run/manifest.ts";

const cases = decodeURIComponent(
  new URL("../../../shared/cases/parsers/", import.meta.url).pathname,
);
const names = (folder: string): string[] => {
  try {
    return [...Deno.readDirSync(cases + folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
};
const ignore = names("").length === 0;
const absence = ignore ? " (skipped: no ../shared/cases)" : "";

const line = (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.ok(!/[\n\p{Cc}]/u.test(error.message), JSON.stringify(error.message));
  return true;
};

Deno.test({
  name: `weights that change what they have used, or name what steers a terminal${absence}`,
  ignore,
  async fn() {
    for (const folder of ["01-pickle-toctou-bigint", "13-terminal-escape"]) {
      for (const name of names(folder)) {
        const { tensors } = await loadWeights(`${cases}${folder}/${name}`);
        for (const { shape } of tensors.values()) {
          assert.ok(shape.every(Number.isSafeInteger), name);
        }
      }
    }
  },
});

Deno.test({
  name: `small topologies that would grow, or name what is no text${absence}`,
  ignore,
  async fn() {
    await useBackend("cpu");
    const refused: Record<string, RegExp> = {
      "06-tfjs-tiny-json-oom/mid.json": /12000000 channels/,
      "06-tfjs-tiny-json-oom/model.json": /too large/,
      "07-tfjs-quadratic/exponential-8-12.json": /more than 20000 layers/,
      "07-tfjs-quadratic/scoped-2k.json": /no such file/,
      "09-tfjs-shard-amplification/model.json": /"a.bin" more than once/,
      "11-json-to-text/model.json": /no such file/,
    };
    for (const [name, message] of Object.entries(refused)) {
      await assert.rejects(tfjs.load(cases + name, {}), (error) => {
        assert.match((error as Error).message, message);
        return line(error);
      });
    }
    for (const name of ["reversed-5k.json", "shared-20k.json"]) {
      assert.equal((await tfjs.load(`${cases}07-tfjs-quadratic/${name}`, {})).labels.length, 3);
    }
  },
});

Deno.test({
  name: `a manifest whose option is no text${absence}`,
  ignore,
  async fn() {
    const path = `${cases}03-manifest-tostring-kills-index/manifest.json`;
    const { damage } = parseManifest(await Deno.readTextFile(path));
    assert.match(damage!, /^manifest\.json: options\.note: /);
  },
});
