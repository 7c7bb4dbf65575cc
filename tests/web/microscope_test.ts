/** The pages of a microscope: whole, without a way out, and of nothing that is damaged. */
import assert from "node:assert/strict";
import { dirname, resolve } from "node:path";
import { UserError } from "../../core/errors.ts";
import { openMicroscope } from "../../microscope/folder.ts";
import { microscopeIn } from "../../web/microscope/sweep.ts";
import { phosphene } from "./_cli.ts";
import { type MadeUp, withMicroscope, writeMadeUp, writePages } from "./_microscope.ts";

const SMALL: MadeUp = {
  layers: { layer1: 3, layer3: 5 },
  labels: ["cat", "dog", "fish"],
  pictures: ["a.png", "b.png"],
  atlas: true,
};

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

/** Every page: its file → its text. */
async function pagesIn(folder: string): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for await (const file of files(folder)) {
    if (file.endsWith(".html")) pages.set(file, await Deno.readTextFile(file));
  }
  return pages;
}

const addressesIn = (page: string) =>
  [...page.matchAll(/ (?:href|src|action|srcset)="([^"]*)"/g)].map(([, address]) => address);

/** What of the addresses of pages leads nowhere, or anywhere but beside them. */
async function strayIn(pages: ReadonlyMap<string, string>): Promise<string[]> {
  const stray: string[] = [];
  for (const [file, text] of pages) {
    for (const address of addressesIn(text)) {
      if (address.startsWith("#")) continue;
      const isThere = /^[\w.]/.test(address) && !address.includes(":") &&
        await Deno.stat(resolve(dirname(file), address)).then(({ isFile }) => isFile, () => false);
      if (!isThere) stray.push(`${file}: ${address}`);
    }
  }
  return stray;
}

Deno.test("every channel, class and picture has a page, and all addresses lead somewhere", () =>
  withMicroscope(SMALL, async (folder) => {
    const pages = await pagesIn(folder),
      names = [...pages.keys()].map((f) => f.slice(folder.length));
    const channels = [...Array(3).keys()].map((n) => `/channels/layer-0/${n}.html`).concat(
      [...Array(5).keys()].map((n) => `/channels/layer-1/${n}.html`),
    );
    assert.deepEqual(
      names.sort(),
      [
        ...channels,
        ...["/classes/0.html", "/classes/1.html", "/classes/2.html"],
        ...["/atlas/layer-0.html", "/classes.html", "/index.html", "/pictures.html"],
        ...["/layers/layer-0.html", "/layers/layer-1.html", "/seen/0.html", "/seen/1.html"],
      ].sort(),
    );
    assert.deepEqual(await strayIn(pages), []);
    const reached = new Set([`${folder}/index.html`]);
    for (const file of reached) {
      for (const address of addressesIn(pages.get(file) ?? "")) {
        if (address.endsWith(".html")) reached.add(resolve(dirname(file), address));
      }
    }
    assert.deepEqual(
      [...reached].sort(),
      [...pages.keys()].sort(),
      "all are reached from the start",
    );
    for (const [file, text] of pages) {
      assert.doesNotMatch(text, / style="|<script>| on\w+="/, `${file} keeps to the policy`);
    }
  }));

Deno.test("a microscope without images, pictures' classes or names shows what there is", () =>
  withMicroscope(
    { layers: { layer2: 1 }, labels: [""], pictures: ["one.png"], images: false },
    async (folder) => {
      const pages = await pagesIn(folder);
      assert.deepEqual(await strayIn(pages), []);
      const channel = pages.get(`${folder}/channels/layer-0/0.html`)!;
      assert.match(channel, /No image was made/);
      assert.doesNotMatch(channel, /images\/|feature-viz|rel="(prev|next)"/);
      assert.match(pages.get(`${folder}/classes.html`)!, /No class follows/);
      assert.match(pages.get(`${folder}/seen/0.html`)!, /class 0/);
    },
  ));

Deno.test("pages tell what the folder holds", () =>
  withMicroscope(SMALL, async (folder) => {
    const pages = await pagesIn(folder), page = (name: string) => pages.get(`${folder}/${name}`)!;
    const channel = page("channels/layer-1/2.html");
    assert.match(channel, /phosphene feature-viz --layer layer3 --channel 2</);
    assert.match(channel, /rel="prev" href="1.html".*rel="next" href="3.html"/);
    const [place] = channel.match(/<ol class="places">.*?<\/li>/)!;
    assert.match(
      place,
      /viewBox="8 4 32 20".*<rect class="halo" x="8" y="4" width="32" height="20"/,
    );
    assert.match(place, /row 0, column 2/);
    assert.match(channel, /4,021 values, 99\.48 % of them zero/);
    // channel n speaks for class n mod 3, and against the next
    const fish = page("classes/2.html");
    const tiles = (heading: string) =>
      [
        ...(fish.split(`<h2>${heading}</h2>`)[1] ?? "").split("</section>")[0]
          .matchAll(/channels\/(layer-\d\/\d)/g),
      ].map(([, to]) => to);
    assert.deepEqual(tiles("For it, in layer1"), ["layer-0/2"]);
    assert.deepEqual(tiles("For it, in layer3"), ["layer-1/2"]);
    assert.deepEqual(tiles("Against it, in layer3"), ["layer-1/1", "layer-1/4"]);
    assert.match(page("classes.html"), /fish<\/a><span class="quiet"> 2 channels/);
    assert.match(page("seen/1.html"), /channels\/layer-1\/1.html/);
    const atlas = page("atlas/layer-0.html");
    assert.match(atlas, /says of 40 places of 2 pictures/);
    // square n of a diagonal speaks for class n mod 3, and against the next
    const [square] = atlas.match(/<section class="square" id="square-8-5-5">.*?<\/section>/)!;
    assert.match(square, /Row 6, column 6 of 8.*8 places/);
    assert.match(square, /Speaks for .*?classes\/2\.html">fish.*Speaks against .*?>cat</);
    assert.match(square, /channels\/layer-0\/0\.html.*channels\/layer-0\/1\.html.*seen\/1\.html/);
    assert.equal(atlas.match(/<section class="square"/g)?.length, 4 + 8);
    assert.match(atlas, /data-island="AtlasMap"[^>]*layer-0-8\.png&quot;,&quot;side&quot;:64/);
    assert.match(page("layers/layer-0.html"), /<a href="\.\.\/atlas\/layer-0\.html">Its atlas/);
    assert.doesNotMatch(page("layers/layer-1.html"), /Its atlas/);
    // the graph leads to the layers that are looked into, and to no other
    const graph = page("index.html").split('class="graph')[1].split("</svg>")[0];
    assert.deepEqual(addressesIn(graph), ["layers/layer-0.html", "layers/layer-1.html"]);
  }));

Deno.test("many pictures take pages", () => {
  const pictures = Array.from({ length: 1001 }, (_, i) => `${i}.png`);
  return withMicroscope({ layers: { layer1: 1 }, labels: ["x"], pictures }, async (folder) => {
    const pages = await pagesIn(folder);
    assert.deepEqual(await strayIn(pages), []);
    const listed = (name: string) =>
      [...pages.get(`${folder}/${name}`)!.matchAll(/<a href="seen\/(\d+).html"/g)].map(([, n]) =>
        n
      );
    assert.deepEqual(
      [...listed("pictures.html"), ...listed("pictures-2.html")],
      [...pictures.keys()].map(String),
    );
    assert.deepEqual(listed("pictures-2.html"), ["1000"]);
    assert.match(pages.get(`${folder}/pictures.html`)!, /rel="next" href="pictures-2.html"/);
  });
});

Deno.test("names are text, whatever they are", () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&`;
  const made = { layers: { [hostile]: 2 }, labels: [hostile, "x"], pictures: [hostile] };
  return withMicroscope(made, async (folder) => {
    const pages = await pagesIn(folder);
    assert.deepEqual(await strayIn(pages), []);
    let told = 0;
    for (const [file, text] of pages) {
      assert.doesNotMatch(text, /<script>|<img src=x|"">/, file);
      told += text.split("&lt;script>").length - 1;
    }
    assert.ok(told > pages.size, `told ${told} times`);
  });
});

Deno.test("what is no microscope, or a damaged one, is refused in a sentence, and nothing is written", async () => {
  // deno-lint-ignore no-explicit-any -- a file that is to be damaged
  type Json = any;
  const cases: [file: string, damage: (json: Json) => unknown, said: RegExp][] = [
    ["microscope.json", () => undefined, /no microscope in .* Choose a folder/],
    [
      "microscope.json",
      (json) => ({ ...json, schema: 2 }),
      /microscope\.json does not fit at "schema"/,
    ],
    [
      "microscope.json",
      (json) => (json.layers[0].slug = "../out", json),
      /"layers\.0\.slug": is no name for a file/,
    ],
    [
      "microscope.json",
      (json) => (json.layers[0].slug = "layer-1", json),
      /two layers called "layer-1"/,
    ],
    [
      "microscope.json",
      (json) => (json.layers[0].channels = 4, json),
      /has 3 channels, and should have 4/,
    ],
    ["pictures.json", () => undefined, /pictures\.json cannot be read/],
    ["pictures.json", () => "{", /pictures\.json is no JSON/],
    ["pictures.json", (json) => (json[0].best = 3, json), /picture 0 has the class 3 of 3/],
    ["pictures.json", (json) => (json[0].excites.pop(), json), /excites 1 layers of 2/],
    [
      "pictures.json",
      (json) => (json[1].excites[1] = [5], json),
      /picture 1 excites the channel 5 of 5/,
    ],
    [
      "pictures.json",
      (json) => (json[1].seen = false, json),
      /channel 0 is excited by the picture 1/,
    ],
    ["layers/layer-0.json", () => undefined, /layers\/layer-0\.json cannot be read/],
    [
      "layers/layer-0.json",
      (json) => (json.channels[1].images = ["/../../x"], json),
      /"channels\.1\.images\.0"/,
    ],
    [
      "layers/layer-0.json",
      (json) => (json.channels[2].votes[0].class = 9, json),
      /channel 2 speaks for the class 9 of 3/,
    ],
    [
      "layers/layer-0.json",
      (json) => (json.channels[0].nearest[0].channel = 3, json),
      /channel 0 is near the channel 3 of 3/,
    ],
    [
      "layers/layer-0.json",
      (json) => (json.channels[0].top[0].picture = 2, json),
      /channel 0 is excited by the picture 2/,
    ],
  ];
  const atlas = "atlas/layer-0.json";
  cases.push(
    ["microscope.json", (json) => (json.atlases = ["layer-7"], json), /atlas of "layer-7"/],
    [atlas, () => undefined, /atlas\/layer-0\.json cannot be read/],
    [atlas, (json) => (json.levels = [], json), /has no grid of squares/],
    [
      atlas,
      (json) => (json.levels[0].cells[1].row = 4, json),
      /square 1 lies outside of the 4 × 4/,
    ],
    [atlas, (json) => (json.levels[1].cells[2].channels = [3], json), /names the channel 3 of 3/],
    [atlas, (json) => (json.levels[1].cells[2].pictures = [2], json), /is of the picture 2/],
    [
      atlas,
      (json) => (json.levels[1].cells[0].votes[0].class = 3, json),
      /square 0 speaks for the class 3 of 3/,
    ],
  );
  const folder = await Deno.makeTempDir();
  await writeMadeUp(folder, SMALL);
  for (const [file, damage, said] of cases) {
    const path = `${folder}/${file}`, whole = await Deno.readTextFile(path);
    const damaged = damage(JSON.parse(whole));
    if (damaged === undefined) await Deno.remove(path);
    else {await Deno.writeTextFile(
        path,
        typeof damaged === "string" ? damaged : JSON.stringify(damaged),
      );}
    const refused = async () => {
      const { data, channelsOf, atlasOf } = await openMicroscope(folder);
      for (const layer of data.layers) await channelsOf(layer);
      await atlasOf(data.layers[0]);
    };
    await assert.rejects(
      refused,
      (error) => error instanceof UserError && said.test(error.message),
      file,
    );
    await Deno.writeTextFile(path, whole);
  }
  await Deno.remove(`${folder}/microscope.json`);
  await assert.rejects(writePages(folder), UserError);
  assert.deepEqual((await pagesIn(folder)).size, 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("pages can be stopped, and say where they cannot be written", async () => {
  const folder = await Deno.makeTempDir(), stop = new AbortController();
  await writeMadeUp(folder, SMALL);
  await assert.rejects(writePages(folder, stop.signal, () => stop.abort()), { name: "AbortError" });
  assert.equal((await pagesIn(folder)).size, 1);
  await Deno.writeTextFile(`${folder}/channels`, "in the way");
  await assert.rejects(writePages(folder), /Cannot write to .* another folder/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what an earlier microscope has left is removed, and nothing else", async () => {
  const folder = await Deno.makeTempDir(),
    names = async () => {
      const all: string[] = [];
      for await (const file of files(folder)) all.push(file.slice(folder.length));
      return all.sort();
    };
  const few: MadeUp = {
    layers: { layer1: 2 },
    labels: ["cat"],
    pictures: ["a.png"],
    images: false,
  };
  await writeMadeUp(folder, few);
  await writePages(folder);
  const wanted = await names();
  await writeMadeUp(folder, SMALL);
  await writePages(folder);
  // what a user may have put there
  const others = [
    ...["/notes.txt", "/images/cats/1.png", "/images/layer-0/cat.png", "/seen/mine.png"],
    ...["/layers/other.html", "/channels/layer-0/notes.md", "/results/1.png"],
  ];
  for (const path of others) {
    await Deno.mkdir(dirname(`${folder}${path}`), { recursive: true });
    await Deno.writeTextFile(`${folder}${path}`, "mine");
  }
  const before = await microscopeIn(folder);
  assert.equal(before?.layers.length, 2);
  await writeMadeUp(folder, few);
  await writePages(folder, undefined, undefined, before);
  assert.deepEqual(await names(), [...wanted, ...others].sort());
  assert.equal(await microscopeIn(`${folder}/results`), undefined);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the microscope that a command makes is its own site", async () => {
  const folder = await Deno.makeTempDir();
  for (const name of ["cat-4", "fish-8", "snail-3"]) {
    const from = new URL(`../../examples/images/${name}.png`, import.meta.url);
    await Deno.mkdir(`${folder}/pictures`, { recursive: true });
    await Deno.copyFile(from, `${folder}/pictures/${name}.png`);
  }
  const made = await phosphene([
    ...["microscope", "--pictures", `${folder}/pictures`, "--layers", "layer1,layer4"],
    ...["--steps", "1", "--workers", "1", "--out", `${folder}/out`, "--json"],
  ]).output();
  assert.ok(made.success, new TextDecoder().decode(made.stderr));
  const pages = await pagesIn(`${folder}/out`);
  assert.equal(JSON.parse(new TextDecoder().decode(made.stdout)).pages, pages.size);
  assert.deepEqual(await strayIn(pages), []);
  const [, command] = pages.get(`${folder}/out/channels/layer4/7.html`)!
    .match(/<code>phosphene (feature-viz [^<]*)<\/code>/)!;
  assert.equal(
    command,
    "feature-viz --model phosphene-resnet --layer layer4 --channel 7 --steps 1 --seed 0",
  );
  const again = await phosphene([...command.split(" "), "--out", `${folder}/runs`]).output();
  assert.ok(again.success, new TextDecoder().decode(again.stderr));
  const [run] = Deno.readDirSync(`${folder}/runs`);
  assert.deepEqual(
    await Deno.readFile(`${folder}/runs/${run.name}/final.png`),
    await Deno.readFile(`${folder}/out/images/layer4/7.png`),
  );
  await Deno.remove(folder, { recursive: true });
});
