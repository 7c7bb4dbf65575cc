import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { exportGallery } from "../../web/export.ts";
import { withGallery, writeRun } from "./_gallery.ts";

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
