/**
 * Writes the documentation: the pages of techniques and models, from what the code says of itself;
 * the pictures and measurements, from what it makes of the sample pictures and the built-in networks;
 * and all pages as a site, into `site/`.
 *
 *     deno task docs [--pages] [--plugin FILE …]
 *
 * With plugins the site tells of them too; `docs/` stays as it is, for that tells of the project alone.
 */
import { parseArgs } from "node:util";
import { OPTION_TYPES, optionTypes } from "./_option_types.ts";
import { useBackend } from "../engine/runtime.ts";
import { measure } from "./_experiments.ts";
import { MEASURED } from "./_measured.ts";
import { sectionsOf } from "./_nav.ts";
import { allPages, pages } from "./_pages.ts";
import { pictures } from "./_pictures.ts";
import { site } from "./site/mod.ts";
import { loadPlugin } from "../run/plugins/mod.ts";

const { values: { pages: pagesAlone, plugin: plugins } } = parseArgs({
  options: {
    pages: { type: "boolean", default: false },
    plugin: { type: "string", multiple: true, default: [] },
  },
});
for (const plugin of plugins) await loadPlugin(plugin);

const root = new URL("../", import.meta.url);
const docs = new URL("docs/", root), built = new URL("site/", root);

async function write(url: URL, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(new URL("./", url), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(url, content);
  else await Deno.writeFile(url, content);
}

/** What of the documentation tells of the project alone. */
async function own(): Promise<void> {
  await write(new URL(OPTION_TYPES, root), await optionTypes());
  if (pagesAlone) return;
  for await (const [path, bytes] of pictures()) {
    await write(new URL(path, docs), bytes);
    console.log(`docs/${path} ${(bytes.length / 1000).toFixed(0)} kB`);
  }
  await useBackend("wasm");
  await write(MEASURED, JSON.stringify(await measure(), null, 2) + "\n");
}

if (plugins.length === 0) await own();
const made = await pages();
if (plugins.length === 0) {
  for (const [path, text] of made) await write(new URL(path, docs), text);
}

const all = await allPages(made);
await Deno.remove(built, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
let files = 0;
for await (
  const [path, content] of site({ pages: all, sections: sectionsOf([...made.keys()]), root })
) {
  await write(new URL(path, built), content);
  files++;
}
console.log(`site/ ${files} files: open site/index.html`);
