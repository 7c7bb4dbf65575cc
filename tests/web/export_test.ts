import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { fromBase64 } from "../../core/hex.ts";
import { exportGallery } from "../../web/export.ts";
import { writeNotes } from "../../web/notes.ts";
import { listRuns } from "../../web/run_list.ts";
import { manifestOf, withGallery, writeRun } from "./_gallery.ts";

const RAW = Uint8Array.of(1, 2, 255);
/** A run's files, its raw numbers among them. */
const NUMBERS = [
  ...manifestOf().files,
  { name: "values.safetensors", role: "values", bytes: RAW.length, sha256: "" },
];

function* htmlIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* htmlIn(path);
    else if (name.endsWith(".html")) yield path;
  }
}

Deno.test("an exported site holds every page and file it links to, relatively, and no forms", () =>
  withGallery({ readOnly: true }, async ({ folder, gallery }) => {
    const names = ["plain", "a b & <c>", "per%2e%2ecent", "übung", "per__2e_2ecent"];
    for (const name of names) await writeRun(folder, name);
    await writeRun(folder, "broken", { schema: 0 });
    for (let n = 0; n < 24; n++) await writeRun(folder, `more-${n}`);
    await writeRun(folder, "numbers", { files: NUMBERS });
    await Deno.writeFile(`${folder}/numbers/values.safetensors`, RAW);
    await Deno.remove(`${folder}/plain/input.png`); // a file that is missing is missing there, too
    await gallery.index.refresh();
    const target = `${await Deno.makeTempDir()}/site`;
    const pages = await exportGallery(gallery, target);
    const files = [...htmlIn(target)];
    assert.equal(files.length, pages);
    assert.ok(files.length > names.length + 24);
    const broken: string[] = [];
    for (const file of files) {
      const html = await Deno.readTextFile(file);
      assert.doesNotMatch(html, /<form|\/new|\/jobs|\/events/, file);
      const links = [...html.matchAll(/ (?:href|src)="([^"#]+)"/g)].map(([, link]) => link)
        .filter((link) => !/^https?:/.test(link));
      // what islands load is in their properties
      for (const [, link] of html.matchAll(/&quot;(?:src|values)&quot;:&quot;(.*?)&quot;/g)) {
        links.push(link);
      }
      for (const link of links) {
        assert.doesNotMatch(link, /^\//, file);
        const path = join(dirname(file), decodeURIComponent(link));
        if (!await Deno.stat(path).catch(() => undefined)) broken.push(link);
      }
    }
    assert.deepEqual([...new Set(broken)], ["input.png"]);
    await assert.rejects(exportGallery(gallery, target), UserError);
    assert.equal([...Deno.readDirSync(dirname(target))].length, 1);
    await Deno.remove(dirname(target), { recursive: true });
  }));

/** The bytes that a script of the site hands over. */
async function handedOver(script: string): Promise<Uint8Array> {
  const [, text] = /^document\.currentScript\.dataset\.bytes="([\w+/=]*)"\n$/.exec(
    await Deno.readTextFile(script),
  )!;
  return fromBase64(text);
}

Deno.test("scripts of an exported site hold its runs, what compares them, and their numbers", () =>
  withGallery({ readOnly: true }, async ({ folder, gallery }) => {
    await writeRun(folder, "a b", { files: NUMBERS, result: { diagnosis: [], colors: "gray" } });
    await Deno.writeFile(`${folder}/a b/values.safetensors`, RAW);
    await writeNotes(`${folder}/a b`, { note: "", tags: ["odd"] });
    await writeRun(folder, "broken", { schema: 0 });
    await gallery.index.refresh();
    const target = `${await Deno.makeTempDir()}/site`;
    await exportGallery(gallery, target);
    const json = async (script: string) =>
      JSON.parse(new TextDecoder().decode(await handedOver(`${target}/${script}`)));
    const { runs } = await json("runs.js");
    const [whole, broken] = ["a b", "broken"].map((id) =>
      runs.find((run: { entry: { id: string } }) => run.entry.id === id)
    );
    assert.equal(listRuns(runs, { tag: "odd", text: "automobile" }).runs[0].id, "a b");
    assert.ok(broken.entry.damage && broken.compared === undefined);
    for (const address of [whole.href, whole.thumbnail, whole.compared]) {
      assert.ok(await Deno.stat(`${target}/${address}`), address);
    }
    const { run } = await json(whole.compared);
    assert.equal(run.id, "a b");
    assert.deepEqual(run.map.palette, ["#000000", "#ffffff"]);
    for (const address of [run.href, ...Object.values<string>(run.pictures)]) {
      assert.ok(await Deno.stat(`${target}/${address}`), address);
    }
    assert.deepEqual(await handedOver(`${target}/${run.values}`), RAW);
    await Deno.remove(dirname(target), { recursive: true });
  }));

Deno.test("an export that is stopped leaves nothing", () =>
  withGallery({ readOnly: true }, async ({ folder, gallery }) => {
    await writeRun(folder, "one");
    await gallery.index.refresh();
    const parent = await Deno.makeTempDir(), stop = new AbortController();
    const onPage = () => stop.abort();
    await assert.rejects(
      exportGallery(gallery, `${parent}/site`, { signal: stop.signal, onPage }),
      { name: "AbortError" },
    );
    assert.deepEqual([...Deno.readDirSync(parent)], []);
    await Deno.writeTextFile(`${parent}/file`, "");
    await assert.rejects(exportGallery(gallery, `${parent}/file/site`), UserError);
    await Deno.remove(parent, { recursive: true });
  }));
