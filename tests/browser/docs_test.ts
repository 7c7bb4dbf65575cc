/** The documentation's site in a real Chromium, from the disk: `deno task test:browser`. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { leftOutWithout } from "../_support/ci.ts";
import { sectionsOf } from "../../docs/_nav.ts";
import { allPages, pages } from "../../docs/_pages.ts";
import { site } from "../../docs/site/mod.ts";
import { CHROMIUM, diskFaults, type Pages, unreadable, withPages } from "./_chromium.ts";

async function withSite(test: (given: Pages) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const made = await pages(), root = new URL("../../", import.meta.url);
  const sources = { pages: await allPages(made), sections: sectionsOf([...made.keys()]), root };
  for await (const [path, content] of site(sources)) {
    const to = `${folder}/${path}`;
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(to, content);
    else await Deno.writeFile(to, content);
  }
  try {
    await withPages(`${pathToFileURL(folder).href}/`, test);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** One of each kind of page. */
const KINDS = [
  "index.html",
  "explanation/index.html",
  "tutorial/lab.html",
  "explanation/when-maps-lie.html",
  "techniques/index.html",
  "techniques/lrp.html",
  "reference/commands.html",
  "reference/library/values.html",
  "source/examples/index.html",
  "source/examples/ask.ts.html",
];

const present = await Deno.stat(CHROMIUM).then(() => true, () => false);

Deno.test({
  name: "the documentation, from the disk",
  ignore: leftOutWithout(present),
  sanitizeOps: false,
  sanitizeResources: false,
  fn: (t) =>
    withSite(async (chromium) => {
      const { open } = chromium;
      await t.step("pages are without violations, light and dark, wide and narrow", async () => {
        const found = await unreadable(chromium, KINDS, (i) => ({
          colorScheme: i % 3 === 0 ? "dark" : "light",
          viewport: i % 2 === 1 ? { width: 360, height: 700 } : { width: 1300, height: 900 },
        }));
        assert.deepEqual(found, []);
      });

      await t.step("search finds pages and headings, by keys alone", async () => {
        const page = await open("how-to/server.html");
        await page.keyboard.press("/");
        await page.keyboard.type("grad-cam");
        const results = page.locator(".search ul a");
        await results.first().waitFor();
        assert.match(await results.first().innerText(), /^Grad-CAM/);
        assert.match(await page.locator(".search [role=status]").innerText(), /place/);
        assert.deepEqual(await diskFaults(page), []);
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.waitForURL(/techniques\/grad-cam\.html/);

        await page.locator(".search input").fill("no such words");
        await page.locator(".search.nothing").waitFor();
        await page.keyboard.press("Escape");
        await page.locator(".search input").fill("score that is full");
        await results.first().waitFor();
        await page.keyboard.press("Enter");
        await page.waitForURL(/when-maps-lie\.html#a-score-that-is-full$/);
        await page.context().close();
      });

      await t.step("the first key leads to the content, and code can be copied", async () => {
        const page = await open("tutorial/first-picture.html", {
          permissions: ["clipboard-read", "clipboard-write"],
        });
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
        const copy = page.locator(".code .copy").first();
        await copy.focus();
        assert.equal(await copy.innerText(), "Copy");
        await page.keyboard.press("Enter");
        await page.waitForFunction(() =>
          /^(Copied|Not allowed)$/.test(document.querySelector(".code .copy")!.textContent!)
        );
        await page.context().close();
      });

      await t.step("without scripts, all pages are there to be read", async () => {
        const page = await open("reference/commands.html", {
          javaScriptEnabled: false,
          viewport: { width: 1300, height: 900 },
        });
        assert.ok(await page.locator("details.pages a").first().isVisible());
        assert.ok(!await page.locator(".search").isVisible());
        await page.locator("a[rel=next]").click();
        assert.match(await page.locator("h1").innerText(), /The library/);
        await page.context().close();
      });
    }),
});
