/** The documentation: a page for each technique, up to date, with pictures; code that is the code. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { OPTION_TYPES, optionTypes } from "../docs/_option_types.ts";
import { allPages, pages } from "../docs/_pages.ts";
import { BELOW, OUTSIDE } from "./_support/rooms.ts";
import { decodeImage } from "../image/mod.ts";
import { optionFields } from "../core/options.ts";
import { models } from "../models/mod.ts";
import { techniques } from "../techniques/mod.ts";

const root = new URL("../", import.meta.url), docs = new URL("docs/", root);
const written = await pages();

Deno.test("pages are what `deno task docs` would write", async () => {
  for (const [path, text] of written) {
    const found = await Deno.readTextFile(new URL(path, docs)).catch(() => "");
    assert.equal(found, text, `docs/${path} is not up to date: deno task docs`);
  }
  assert.equal(
    await Deno.readTextFile(new URL(OPTION_TYPES, root)),
    await optionTypes(),
    `${OPTION_TYPES} is not up to date: deno task docs --pages`,
  );
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

/** Text pages of the project that people read, by their path from the root. */
const texts = new Map([["README.md", await Deno.readTextFile(new URL("README.md", root))]]);
for (const [path, text] of await allPages(written)) {
  texts.set(path.startsWith("../") ? path.slice(3) : `docs/${path}`, text);
}

/** Names of files that runs, models or networks have, or that a task makes; not the project. */
const ELSEWHERE =
  /^(phosphene\.json|runs\/|site\/.*|FOLDER\/.*|(study|atlas|channels|layers|images|crops|seen|results)\/.*|index\.html|microscope\.json|scores\.json|report\/.*|pictures\/.*|pictures\.json|concepts\.json|manifest\.json|model\.json|config\.json|values\.safetensors|\w+\.png)$/;

/** What is written as code and looks like the path of a file or folder. */
const pathsIn = (text: string): string[] =>
  [...text.replace(/^ *(`{3,})[^]*?^ *\1$/gm, "").matchAll(/`([^`\s]+)`/g)].map(([, path]) => path)
    .filter((path) =>
      /^[\w.-]+(\/[\w.-]+)*\/?$/.test(path) && !path.startsWith(".") && !ELSEWHERE.test(path) &&
      (path.includes("/") || /\.(tsx?|js|json|lock|md|py)$/.test(path))
    );

Deno.test("files that the pages name are there", async () => {
  assert.deepEqual(
    pathsIn("`core/a.ts`, `mod.ts`, `web/`, `x.y`, `a b/c`\n```\n`core/b.ts`\n```\n"),
    [
      "core/a.ts",
      "mod.ts",
      "web/",
    ],
  );
  for (const [page, text] of texts) {
    for (const path of pathsIn(text)) {
      assert.ok(await exists(new URL(path, root)), `${page} names ${path}, which is not there`);
    }
    for (const [, to] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      assert.ok(await exists(new URL(to, new URL(page, root))), `${page} links to ${to}`);
    }
  }
});

const exists = (url: URL) => Deno.stat(url).then(() => true, () => false);

Deno.test("the floors that CONTRIBUTING.md draws are those that the rooms stand on", () => {
  const drawn = /^floor 10[^]*?^floor 1\b.*$/m.exec(texts.get("CONTRIBUTING.md")!)![0];
  const floors = new Map(
    drawn.split("\n").flatMap((line) => {
      const floor = Number(/^floor (\d+)/.exec(line)![1]);
      return [...line.matchAll(/[\w.]+\/|\w+\.ts\b/g)]
        .map(([room]) => [room.replace(/\/$/, ""), floor] as const);
    }),
  );
  assert.deepEqual([...floors.keys()].sort(), Object.keys(BELOW).sort());
  for (const [room, below] of Object.entries(BELOW)) {
    for (const other of below) {
      const beside = room === "cli.ts" && other === "cli"; // one room, its door and what is in it
      assert.ok(floors.get(other)! < floors.get(room)! || beside, `${room} stands on ${other}`);
    }
  }
  // what the floors would allow beyond the table is only what the notes take back
  const more = Object.keys(BELOW).flatMap((room) =>
    [...floors].filter(([other, floor]) =>
      floor < floors.get(room)! && !BELOW[room].includes(other) && room !== "cli.ts"
    ).map(([other]) => `${room} → ${other}`)
  );
  const noted =
    /→ (world|\w+\.ts|training)$|^(mod\.ts|kit\.ts|conformance|training) → (jobs|microscope|leaderboard|report)$|^web → leaderboard$|^(kit\.ts|conformance|microscope|leaderboard|report|web|training) → concepts$|^testing\.ts|^world → engine$|^training → (techni|metri|visual)|^(models|metrics) → visualize$/;
  assert.deepEqual(more.filter((arrow) => !noted.test(arrow)), []);
  for (const room of OUTSIDE) {
    assert.ok(texts.get("CONTRIBUTING.md")!.includes(`\`${room}/\``), room);
  }
});

Deno.test("code on the pages is that of a file, or type-checks as it stands", async () => {
  const files = new Set<string>();
  for await (const { name } of Deno.readDir(new URL("examples/", root))) {
    if (name.endsWith(".ts")) {
      files.add((await Deno.readTextFile(new URL(`examples/${name}`, root))).trimEnd());
    }
  }
  const folder = await Deno.makeTempDir();
  try {
    const paths: string[] = [];
    for (const [page, text] of texts) {
      for (const [, , code] of text.matchAll(/^(`{3,})ts\n([^]*?)\n\1$/gm)) {
        if (files.has(code)) continue;
        const path = `${folder}/${page.replaceAll("/", "-")}-${paths.length}.ts`;
        await Deno.writeTextFile(
          path,
          code.replace(/"@phosphene\/phosphene"/g, '"./mod.ts"')
            .replace(/"\.\/(\w+\.ts)"/g, (_, name) => `"${new URL(name, root)}"`),
        );
        paths.push(path);
      }
    }
    assert.ok(paths.length > [...techniques].length, "each technique's page, and the README");
    const wrong = `${folder}/wrong.ts`; // so that a check that finds nothing is noticed
    await Deno.writeTextFile(wrong, `import { load } from "${new URL("mod.ts", root)}";\nload;`);
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--lock=deno.dev.lock", "--frozen", "--config=deno.json"]
        .concat(paths, wrong),
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    const told = new TextDecoder().decode(stderr);
    const faulty = [...told.matchAll(/^ *at (file:.*?):\d+:\d+$/gm)].map(([, file]) => file);
    assert.deepEqual([...new Set(faulty)], [pathToFileURL(wrong).href], told);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
