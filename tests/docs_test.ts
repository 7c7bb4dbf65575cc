/** The documentation: a page for each technique, up to date, with pictures; code that is the code. */
import assert from "node:assert/strict";
import { pages } from "../docs/_pages.ts";
import { decodeImage } from "../image/mod.ts";
import { optionFields } from "../core/options.ts";
import { models } from "../models/mod.ts";
import { techniques } from "../techniques/mod.ts";

const docs = new URL("../docs/", import.meta.url);
const written = await pages();

Deno.test("pages are what `deno task docs` would write", async () => {
  for (const [path, text] of written) {
    const found = await Deno.readTextFile(new URL(path, docs)).catch(() => "");
    assert.equal(found, text, `docs/${path} is not up to date: deno task docs`);
  }
  const known = new Set(written.keys());
  for await (const { name } of Deno.readDir(new URL("techniques/", docs))) {
    assert.ok(known.has(`techniques/${name}`), `docs/techniques/${name} is of no technique`);
  }
});

Deno.test("every technique has a page with its options, formula and caution, and is in the index", () => {
  const plain = (text: string) => text.replace(/\s+/g, " ");
  const index = written.get("techniques/README.md")!;
  for (const { id, title, summary, caution, paper, options } of techniques) {
    const page = plain(written.get(`techniques/${id}.md`)!);
    for (const part of [title, summary, caution, paper.equation, paper.url]) {
      assert.ok(page.includes(plain(part)), `${id}: ${part}`);
    }
    for (const { flag, description } of optionFields(options)) {
      assert.ok(page.includes(`\`--${flag}\``), `${id} --${flag}`);
      assert.ok(page.includes(plain(description).replaceAll("|", "\\|")), `${id} --${flag}`);
    }
    assert.ok(page.includes("## What it computes ") && !page.includes("@"), `${id}'s docstring`);
    assert.ok(index.includes(`](${id}.md)`), `${id} in the index`);
  }
});

Deno.test("every model is listed", () => {
  const page = written.get("models.md")!;
  for (const { title, models: ids } of models) {
    assert.ok(page.includes(`## ${title}`));
    for (const id of ids) assert.ok(page.includes(`\`${id}\``), id);
  }
});

Deno.test("what pages link to is there, and pictures can be read", async () => {
  for (const [path, text] of written) {
    for (const [, , to] of text.matchAll(/(\]\(|src=")([^)"#:]+)[)"#]/g)) {
      const url = new URL(to, new URL(path, docs));
      const bytes = await Deno.stat(url).then(({ isFile }) => isFile ? Deno.readFile(url) : null)
        .catch(() => assert.fail(`docs/${path} links to ${to}, which is not there`));
      if (bytes && to.endsWith(".png")) {
        const { width, height } = await decodeImage(bytes, to);
        assert.ok(width > 400 && height > 150 || to.includes("examples/"), to);
      }
    }
  }
});
