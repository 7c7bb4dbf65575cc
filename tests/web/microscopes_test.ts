/** A gallery's microscopes: their pages in its frame, their pictures as they lie, and nothing else. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { resolveLayer } from "../../engine/graph.ts";
import { exportGallery } from "../../web/export.ts";
import type { GallerySettings } from "../../web/gallery.ts";
import { within } from "../_support/patience.ts";
import { gallery as serve, phosphene } from "./_cli.ts";
import { type Ask, manifestOf, withGallery, writeRun } from "./_gallery.ts";
import { graph, type MadeUp, writeMadeUp, writePages } from "./_microscope.ts";

const SMALL: MadeUp = {
  layers: { layer1: 3, layer3: 5 },
  labels: ["cat", "dog", "fish"],
  pictures: ["a.png", "b.png"],
};
const MODELS = [{ id: "phosphene-resnet" }];
const SAMPLE = {
  name: "cat.png",
  url: new URL("../../examples/images/cat-4.png", import.meta.url),
};

// deno-lint-ignore no-explicit-any -- a file that is to be changed
type Json = any;

async function change(file: string, changed: (json: Json) => void): Promise<void> {
  const json = JSON.parse(await Deno.readTextFile(file));
  changed(json);
  await Deno.writeTextFile(file, JSON.stringify(json));
}

/** A gallery with a microscope called "small" of a new folder. */
async function withMicroscopes(
  settings: Partial<GallerySettings>,
  test: (
    given: Parameters<Parameters<typeof withGallery>[1]>[0] & { small: string },
  ) => Promise<void>,
): Promise<void> {
  const parent = await Deno.makeTempDir(), small = `${parent}/small`;
  await writeMadeUp(small, SMALL);
  try {
    await withGallery({ microscopes: [small], ...settings }, (given) => test({ ...given, small }));
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const textAt = async (ask: Ask, path: string, status = 200): Promise<string> => {
  const response = await ask(path);
  assert.equal(response.status, status, path);
  return await response.text();
};

const linksIn = (html: string) =>
  [...html.matchAll(/ (?:href|src)="([^"#]+)/g)].map(([, link]) => link.replaceAll("&amp;", "&"));

Deno.test("every page of a microscope is in the gallery's frame, and all they lead to is there", () =>
  withMicroscopes({ models: MODELS, samples: [SAMPLE] }, async ({ ask, faults }) => {
    const seen = new Set(["/microscopes"]), kinds = new Set<string>();
    for (const path of seen) {
      const response = await ask(path), text = await response.text();
      assert.equal(response.status, 200, path);
      assert.ok(response.headers.get("content-security-policy"), path);
      if (!response.headers.get("content-type")!.startsWith("text/html")) continue;
      assert.match(text, /<a href="\/microscopes" aria-current="page">/, path);
      kinds.add(path.replace(/\d+/g, "N"));
      for (const link of linksIn(text)) {
        if (/^\/(microscopes|static)\b/.test(link)) seen.add(link);
      }
    }
    const small = (path: string) => `/microscopes/small${path}`;
    assert.deepEqual(
      [...kinds].sort(),
      [
        "/microscopes",
        ...["", "/classes.html", "/pictures.html", "/classes/N.html", "/seen/N.html"].map(small),
        ...["/layers/layer-N.html", "/channels/layer-N/N.html"].map(small),
      ].sort(),
    );
    assert.equal([...seen].filter((path) => path.includes("/channels/")).length, 8);
    assert.ok(seen.has(small("/images/layer-0/2.png")) && seen.has(small("/crops/layer-1/4.png")));
    const graph = (await textAt(ask, small(""))).split('class="graph')[1].split("</svg>")[0];
    assert.deepEqual(linksIn(graph), ["layer-0", "layer-1"].map((l) => small(`/layers/${l}.html`)));
    assert.deepEqual(faults, []);
  }));

Deno.test("a gallery without microscopes says nothing of them", () =>
  withGallery({}, async ({ ask }) => {
    assert.doesNotMatch(await textAt(ask, "/"), /microscope/i);
    assert.match(await textAt(ask, "/microscopes"), /There are none here/);
    assert.match(await textAt(ask, "/microscopes/small", 404), /no microscope &quot;small&quot;/);
  }));

Deno.test("pictures have tags, and HEAD says what GET would", () =>
  withMicroscopes({}, async ({ ask }) => {
    const path = "/microscopes/small/images/layer-0/1.png", response = await ask(path);
    const { headers } = response, { length } = await response.bytes();
    assert.equal(headers.get("content-type"), "image/png");
    assert.equal(headers.get("content-security-policy"), "sandbox; default-src 'none'");
    assert.equal(headers.get("cache-control"), "no-cache");
    const etag = headers.get("etag")!;
    assert.equal((await ask(path, { headers: { "if-none-match": etag } })).status, 304);
    for (const asked of [path, "/microscopes", "/microscopes/small/layers/layer-0.html"]) {
      const got = await ask(asked), head = await ask(asked, { method: "HEAD" });
      assert.equal(head.status, 200);
      assert.equal(head.headers.get("content-length"), String((await got.bytes()).length), asked);
      assert.equal(head.body, null);
    }
    assert.equal((await ask(path, { method: "HEAD" })).headers.get("content-length"), `${length}`);
  }));

Deno.test("no path leads out of a microscope, or to what else lies in its folder", () =>
  withMicroscopes({}, async ({ ask, small }) => {
    await writePages(small); // whoever made the folder has written them, and may have changed them
    await Deno.mkdir(`${small}/results`);
    const [picture, text] = await Promise.all([
      Deno.readFile(`${small}/seen/0.png`),
      "a secret of the disk",
    ]);
    for (const file of ["results/0.png", "other.png", "../0.png", "images/0.png", "seen/2.png"]) {
      await Deno.writeFile(`${small}/${file}`, picture);
    }
    for (const file of ["index.html", "layers/layer-0.html", "static/islands.js", "note.html"]) {
      await Deno.writeTextFile(`${small}/${file}`, text);
    }
    await Deno.remove(`${small}/crops/layer-0/1.png`);
    await Deno.symlink(`${small}/crops/layer-0/0.png`, `${small}/crops/layer-0/1.png`);
    await Deno.rename(`${small}/images/layer-1`, `${small}/moved`);
    await Deno.symlink(`${small}/moved`, `${small}/images/layer-1`);
    for (
      const path of [
        ...["/results/0.png", "/other.png", "/..%2F0.png", "/seen/..%2F..%2F0.png", "/note.html"],
        ...["/images/0.png", "/images/layer-0/..%2F0.png", "/images/%2e%2e/0.png"],
        ...["/images/..%2f..%2fseen%2f0.png", "/seen%2F0.png", "/layers%2Flayer-0.html"],
        ...["/crops/layer-0/..%5c0.png", "/crops/layer-0/0.png%00", "/crops/layer-0/%ff.png"],
        ...["/crops/layer-0/1.png", "/images/layer-1/0.png", "/seen/2.png", "/seen/00.png"],
        ...["/images/layer-0/3.png", "/images/layer-2/0.png", "/images/layer-0/0-other.png"],
        ...["/microscope.json", "/pictures.json", "/layers/layer-0.json", "/static/islands.js"],
        ...["/index.html", "/channels/layer-0/3.html", "/channels/layer-0/01.html"],
        ...["/channels/layer-2/0.html", "/layers/layer-2.html", "/classes/3.html"],
        ...["/pictures-2.html", "/pictures-0.html", "/seen/2.html", "/a/b/c/d.html"],
      ]
    ) {
      const html = await textAt(ask, `/microscopes/small${path}`, 404);
      assert.match(html, /<h1>Not found<\/h1>/, path);
    }
    for (
      const path of ["/microscopes/..", "/microscopes/%2e%2e%2fsmall", "/microscopes/.%2Fsmall"]
    ) {
      assert.ok(!(await (await ask(path)).text()).includes("layer1"), path);
    }
    const own = await textAt(ask, "/microscopes/small/layers/layer-0.html");
    assert.ok(!own.includes(text) && own.includes("Channels of layer1"));
    assert.equal((await ask("/microscopes/small/crops/layer-0/0.png")).status, 200);
  }));

Deno.test("what a damaged microscope says is told, and one that is made anew is read again", () =>
  withMicroscopes({}, async ({ ask, small, faults }) => {
    const file = `${small}/microscope.json`, whole = await Deno.readTextFile(file);
    assert.match(await textAt(ask, "/microscopes/small"), /8 channels of 2 layers/);
    await change(file, (json) => json.layers.pop());
    await change(`${small}/pictures.json`, (json) => {
      for (const { excites } of json) excites.pop();
    });
    assert.match(await textAt(ask, "/microscopes/small"), /3 channels of 1 layer/);
    await Deno.writeTextFile(file, "{");
    assert.match(await textAt(ask, "/microscopes/small", 400), /microscope\.json is no JSON/);
    assert.match(await textAt(ask, "/microscopes"), /is damaged: microscope\.json is no JSON/);
    assert.match(await textAt(ask, "/models/phosphene-resnet"), /<h1>phosphene-resnet/);
    await Deno.remove(file);
    assert.match(await textAt(ask, "/microscopes/small/classes.html", 404), /has no microscope/);
    await Deno.writeTextFile(file, whole);
    assert.match(await textAt(ask, "/microscopes/small", 400), /excites 1 layers of 2/);
    await writeMadeUp(small, SMALL);
    await change(`${small}/layers/layer-1.json`, (json) => json.channels.pop());
    const sheet = "/microscopes/small/layers/layer-1.html";
    assert.match(await textAt(ask, sheet, 400), /has 4 channels, and should have 5/);
    await textAt(ask, "/microscopes/small/layers/layer-0.html");
    await writeMadeUp(small, SMALL);
    await textAt(ask, sheet);
    assert.deepEqual(faults, []);
  }));

Deno.test("folders of one name have names of their own, and one that is named twice is one", async () => {
  const parent = await Deno.makeTempDir(), [a, b] = ["a", "b"].map((of) => `${parent}/${of}/same`);
  await writeMadeUp(a, SMALL);
  await writeMadeUp(b, { ...SMALL, layers: { layer2: 1 } });
  await withGallery({ microscopes: [a, `${b}/`, `${parent}/b/../a/same`] }, async ({ ask }) => {
    assert.match(await textAt(ask, "/microscopes/same"), /8 channels/);
    assert.match(await textAt(ask, "/microscopes/same-2"), /1 channel/);
    await textAt(ask, "/microscopes/same-3", 404);
  });
  await Deno.remove(parent, { recursive: true });
});

/** The SHA-256 of the built-in network's weights. */
const builtin = async () => {
  const file = new URL("../../models/builtin/phosphene-resnet.safetensors", import.meta.url);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(file))).toHex();
};

Deno.test("layers and channels of the same weights lead to each other, those of others do not", () =>
  withMicroscopes({ models: MODELS, samples: [SAMPLE] }, async ({ ask, small }) => {
    const channel = "/models/phosphene-resnet/layers/layer3/channels/2";
    const under = "/microscopes/small/channels/layer-1/2.html";
    const leads = async (from: string, to: string) =>
      linksIn(await textAt(ask, from)).some((link) => link.split("?")[0] === to);
    assert.ok(await leads("/models/phosphene-resnet", "/microscopes/small"));
    assert.ok(await leads(under, channel), "whose weights are not known yet");
    assert.ok(!await leads(channel, under), "other weights");
    assert.ok(!await leads(under, channel), "which is known now");
    assert.ok(!await leads("/models/phosphene-resnet", "/microscopes/small"));
    const sha256 = await builtin();
    await change(`${small}/microscope.json`, (json) => {
      json.model.weights.sha256 = sha256;
      for (const layer of json.layers) layer.node = resolveLayer(graph, layer.name, "it");
    });
    const layer = "/models/phosphene-resnet/layers/layer3";
    assert.ok(await leads(channel, under) && await leads(under, channel));
    assert.ok(await leads(layer, "/microscopes/small/layers/layer-1.html"));
    assert.ok(await leads("/microscopes/small/layers/layer-1.html", layer));
    assert.ok(await leads("/microscopes/small/classes.html", "/models/phosphene-resnet"));
    assert.ok(
      !linksIn(await textAt(ask, "/models/phosphene-resnet/layers/layer2"))
        .some((link) => link.startsWith("/microscopes/")),
      "it does not look into that layer",
    );
  }));

Deno.test("a network that cannot be loaded leads to no microscope, and is shown", () =>
  withMicroscopes({
    models: [{ id: "phosphene-resnet", weights: "nowhere.safetensors" }],
    samples: [SAMPLE],
  }, async ({ ask, faults }) => {
    const page = await textAt(ask, "/models/phosphene-resnet/layers/layer3");
    assert.ok(page.includes("What it is made of"));
    assert.ok(!linksIn(page).some((link) => link.startsWith("/microscopes/")));
    assert.deepEqual(faults, []);
  }));

Deno.test("a run leads to its picture and its channel, in microscopes of its weights", () =>
  withMicroscopes({ readOnly: true }, async ({ ask, folder, small }) => {
    const model = { ...manifestOf().model, weights: { sha256: "ab", source: "here" } };
    const { image } = manifestOf(), technique = { id: "feature-viz", title: "Feature" };
    const options = { layer: "layer3", channel: 4 };
    await change(`${small}/pictures.json`, (json) => json[1].sha256 = image.sha256);
    await writeRun(folder, "same", { model, technique, options });
    await writeRun(folder, "beyond", { model, technique, options: { ...options, channel: 5 } });
    await writeRun(folder, "other", { technique, options });
    const ways = async (run: string) =>
      linksIn(await textAt(ask, `/runs/${run}`)).filter((link) => link.startsWith("/microscopes/"));
    const picture = "/microscopes/small/seen/1.html";
    assert.deepEqual(await ways("same"), ["/microscopes/small/channels/layer-1/4.html", picture]);
    assert.deepEqual(await ways("beyond"), ["/microscopes/small/layers/layer-1.html", picture]);
    assert.deepEqual(await ways("other"), []);
  }));

function* filesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesIn(join(folder, name));
    else yield join(folder, name);
  }
}

Deno.test("an export takes microscopes along: whole, relative, and without what is not theirs", () =>
  withMicroscopes({ readOnly: true }, async ({ folder, gallery, small }) => {
    await writePages(small);
    await Deno.mkdir(`${small}/results`);
    await Deno.writeTextFile(`${small}/results/kept.png`, "");
    await writeRun(folder, "one", {
      model: { ...manifestOf().model, weights: { sha256: "ab", source: "here" } },
      technique: { id: "feature-viz", title: "Feature" },
      options: { layer: "layer1", channel: 0 },
    });
    await gallery.index.refresh();
    const target = `${await Deno.makeTempDir()}/site`;
    await exportGallery(gallery, target);
    const files = [...filesIn(target)], html = files.filter((file) => file.endsWith(".html"));
    for (const file of html) {
      for (const link of linksIn(await Deno.readTextFile(file))) {
        if (/^https?:/.test(link)) continue;
        assert.ok(await Deno.stat(join(dirname(file), link)), `${file}: ${link}`);
      }
    }
    const own = files.map((file) => file.slice(target.length + 1))
      .filter((file) => file.startsWith("microscopes/"));
    const ownPages = own.filter((file) => file.endsWith(".html"));
    const kept = [...filesIn(small)].map((file) => `microscopes/small${file.slice(small.length)}`)
      .filter((file) => /\.(html|png)$/.test(file) && !file.includes("/results/"));
    assert.deepEqual(own.sort(), [...kept, "microscopes/index.html"].sort());
    assert.equal(ownPages.length, 8 + 2 + 3 + 2 + 3 + 1);
    assert.match(await Deno.readTextFile(`${target}/index.html`), /href="microscopes\/index.html"/);
    const run = await Deno.readTextFile(`${target}/runs/one/index.html`);
    assert.match(run, /href="..\/..\/microscopes\/small\/channels\/layer-0\/0.html"/);
    await Deno.writeTextFile(`${small}/layers/layer-1.json`, "{");
    await change(`${small}/microscope.json`, (json) => json.createdAt = "2026-05-06T07:08:09.000Z");
    await assert.rejects(exportGallery(gallery, `${target}-2`), /layer-1\.json is no JSON/);
    assert.equal([...Deno.readDirSync(dirname(target))].length, 1);
    await Deno.remove(dirname(target), { recursive: true });
  }));

Deno.test("the gallery shows the microscope beside it, or those that it is given, and refuses what is none", async () => {
  const folder = await Deno.makeTempDir();
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await phosphene(["gallery", ...args], folder).output();
    const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    return { code, said };
  };
  const nowhere = await run("--microscope", "nowhere");
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.said, /no microscope in "nowhere".*Choose a folder/);
  await writeMadeUp(`${folder}/microscope`, SMALL);
  await writeMadeUp(`${folder}/other`, { ...SMALL, layers: { layer2: 2 } });
  const served = async (...args: string[]) => {
    const { child, url } = await serve(args, folder);
    const page = await (await fetch(`${url}/microscopes`)).text();
    child.kill("SIGTERM");
    const [, said] = await within(
      Promise.all([child.status, new Response(child.stderr).text()]),
      "the gallery's end",
    );
    return { page, said };
  };
  const names = (page: string) =>
    new Set(linksIn(page).flatMap((link) => /^\/microscopes\/([^/]+)$/.exec(link)?.[1] ?? []));
  assert.deepEqual(names((await served()).page), new Set(["microscope"]));
  const two = await served("--microscope", "other,microscope");
  assert.deepEqual(names(two.page), new Set(["other", "microscope"]));
  const saved = await run("export", "site", "--microscope", "other");
  assert.equal(saved.code, 0, saved.said);
  assert.deepEqual(
    [...Deno.readDirSync(`${folder}/site/microscopes`)].map(({ name }) => name).sort(),
    ["index.html", "other"],
  );
  await Deno.writeTextFile(`${folder}/microscope/pictures.json`, "{");
  assert.match((await run("--microscope", "microscope")).said, /pictures\.json is no JSON/);
  const without = await served();
  assert.match(without.said, /left out: .*pictures\.json is no JSON/);
  assert.deepEqual(names(without.page), new Set());
  await Deno.remove(folder, { recursive: true });
});
