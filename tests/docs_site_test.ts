/** The site: every page in it and in its navigation, every link and anchor leading somewhere, nothing asked of others. */
import assert from "node:assert/strict";
import { type Section, sectionsOf } from "../docs/_nav.ts";
import { pagesIn } from "../docs/_nav.ts";
import { allPages, pages } from "../docs/_pages.ts";
import { readMeasured, withMeasured } from "../docs/_measured.ts";
import { addressOf, relative, site } from "../docs/site/mod.ts";
import { render, slug } from "../docs/site/markdown.ts";

const root = new URL("../", import.meta.url);
const made = await pages(), all = await allPages(made);
const sections = sectionsOf([...made.keys()]);
const files = new Map<string, string | Uint8Array>();
for await (const [path, content] of site({ pages: all, sections, root })) {
  assert.ok(!files.has(path), `${path} is there twice`);
  files.set(path, content);
}
const html = [...files].filter((file): file is [string, string] => file[0].endsWith(".html"));

/** What HTML links to or loads. */
const linksOf = (page: string) =>
  [...page.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, to]) => to);
const idsOf = (page: string) => new Set([...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));

/** Links of a site that lead nowhere. */
function lost(site: ReadonlyMap<string, string | Uint8Array>): string[] {
  return [...site].filter(([path]) => path.endsWith(".html")).flatMap(([path, page]) =>
    linksOf(page as string).filter((to) => !/^[a-z]+:/.test(to)).flatMap((to) => {
      const { pathname, hash } = new URL(to, `http://site/${path}`);
      const target = pathname.slice(1), found = site.get(target || "index.html");
      if (found === undefined) return [`${path} → ${to}`];
      const anchor = decodeURIComponent(hash.slice(1));
      return !anchor || idsOf(found as string).has(anchor) ? [] : [`${path} → ${to}`];
    })
  );
}

Deno.test("every link and every anchor leads somewhere", () => {
  assert.ok(html.length > 60);
  assert.deepEqual(lost(files), []);
  const broken = new Map<string, string>([
    ["a.html", `<a href="b.html#x"></a><a href="#a"></a><img src="c.png"><a href="b.html#y"></a>`],
    ["b.html", `<h2 id="y"></h2>`],
  ]);
  assert.deepEqual(lost(broken), ["a.html → b.html#x", "a.html → #a", "a.html → c.png"]);
});

Deno.test("every page is in the navigation, once, and every page of the navigation is there", () => {
  const listed = sections.flatMap(pagesIn);
  assert.equal(new Set(listed).size, listed.length);
  assert.deepEqual([...listed, "README.md"].sort(), [...all.keys()].sort());
  for (const section of sections) {
    const index = files.get(`${section.id}/index.html`) as string;
    for (const path of pagesIn(section)) {
      const to = relative(`${section.id}/index.html`, addressOf(path));
      const within = section.entries.some((entry) =>
        typeof entry !== "string" && entry.pages.includes(path)
      );
      assert.ok(
        within || index.includes(`href="${to}"`),
        `${path} in the index of ${section.title}`,
      );
    }
  }
});

Deno.test("pages follow each other from the first to the last, and back", () => {
  const order = sections.flatMap((section: Section) => pagesIn(section).map(addressOf));
  const neighbour = (path: string, rel: string) => {
    const found = new RegExp(`<a rel="${rel}" href="([^"]*)"`).exec(files.get(path) as string);
    return found && new URL(found[1], `http://site/${path}`).pathname.slice(1);
  };
  order.forEach((path, i) => {
    assert.equal(neighbour(path, "next"), order[i + 1] ?? null, path);
    assert.equal(neighbour(path, "prev"), order[i - 1] ?? null, path);
  });
});

Deno.test("nothing is loaded from elsewhere, and no address begins at a root", () => {
  for (const [path, page] of html) {
    const loaded = [
      ...page.matchAll(/<(?:script|link|img|iframe)\b[^>]*? (?:src|href)="([^"]*)"/g),
    ];
    for (const [, to] of loaded) assert.ok(!/^([a-z]+:|\/)/.test(to), `${path} loads ${to}`);
    for (const to of linksOf(page)) assert.ok(!to.startsWith("/"), `${path} → ${to}`);
  }
  for (const name of ["docs.css", "style.css", "docs.js"]) {
    const text = new TextDecoder().decode(files.get(`static/${name}`) as Uint8Array);
    assert.doesNotMatch(text, /https?:|@import|url\(/, name);
  }
});

Deno.test("the search knows every page and its headings", () => {
  const index = files.get("static/search-index.js") as string;
  const found: [string, string, string, [string, string][]][] = JSON.parse(
    index.replace(/^globalThis\.PAGES = /, "").replace(/;\n$/, ""),
  );
  assert.deepEqual(
    found.map(([, address]) => address).sort(),
    sections.flatMap(pagesIn).map(addressOf).sort(),
  );
  for (const [title, address, , headings] of found) {
    assert.ok(title, address);
    const ids = idsOf(files.get(address) as string);
    for (const [text, id] of headings) assert.ok(text && ids.has(id), `${address}#${id}`);
  }
});

Deno.test("Markdown: anchors as GitHub makes them, twice the same heading, code in colours", () => {
  assert.equal(slug("The first `--json`: a, b"), "the-first---json-a-b");
  const { html, headings, title, summary } = render(
    "# T `x`\n\nOne *two* [three](a.md).\n\n## A\n\n## A\n\n```ts\nconst a = 1; // <b>\n```\n\n3@mask.png",
    (to) => `to/${to}`,
  );
  assert.deepEqual([title, summary], ["T x", "One two three."]);
  assert.deepEqual(headings.map(({ id }) => id), ["t-x", "a", "a-1"]);
  assert.match(html, /<a href="to\/a\.md">three<\/a>/);
  assert.match(html, /<span class="hljs-comment">\/\/ &lt;b&gt;<\/span>/);
  assert.match(html, /<p>3@mask\.png<\/p>/);
});

Deno.test("what the pages say of what was measured is what was measured", async () => {
  const measured = await readMeasured(),
    { randomized, onSubject, completeness, baselines, empty } = measured;
  const [guided, deconv, cam, layer, lrp] = [
    "guided-backprop",
    "deconvnet",
    "grad-cam",
    "layer-cam",
    "lrp",
  ].map((id) => randomized[id]);
  assert.ok(guided[0] > 0.98 && deconv[0] > 0.95, "almost the very same map");
  const others = Object.entries(randomized).filter(([id]) => id !== "grad-cam");
  assert.ok(cam[0] < 0.5 && others.every(([, [after]]) => after > 0.8), "only Grad-CAM at once");
  assert.ok(layer[0] > 0.85 && layer[1] < 0.3, "LayerCAM with layer4");
  assert.ok(lrp.at(-1)! > 0.35 && Object.values(randomized).every((r) => r.at(-1)! <= lrp.at(-1)!));
  for (const { difference, integrated, inputTimesGradient } of Object.values(completeness)) {
    assert.ok(Math.abs(integrated - difference) < 0.02 * difference);
    assert.ok(inputTimesGradient < difference / 2);
  }
  assert.ok(completeness["mushroom-21"].inputTimesGradient < 0);
  assert.ok(baselines["integrated-gradients"] > 0.8 && baselines.occlusion < 0.7);
  assert.deepEqual(
    [...new Set(Object.values(empty).map(({ label }) => label))],
    ["star", "zigzag"],
  );
  assert.ok(onSubject.area < 0.25);
  const { alike } = measured.targets;
  assert.ok(alike["grad-cam"].firstSecond < 0 && alike.lrp.firstSecond > 0.8);
  assert.throws(
    () => withMeasured("<!-- measured nothing -->", measured),
    /Nothing is measured as/,
  );
});
