/** The documentation's site in a real Chromium, from the disk: `deno task test:browser`. */
import axe from "axe-core";
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { leftOutWithout } from "../_support/ci.ts";
import { PATIENCE_MS } from "../_support/patience.ts";
import { sectionsOf } from "../../docs/_nav.ts";
import { allPages, pages } from "../../docs/_pages.ts";
import { site } from "../../docs/site/mod.ts";

const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync " +
  "--disable-background-networking --disable-component-update";

interface Given {
  readonly browser: Browser;
  /** A new tab that fails the test when the page complains or asks for anything outside the site. */
  open(path: string, options?: Parameters<Browser["newContext"]>[0]): Promise<Page>;
}

async function withSite(test: (given: Given) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const made = await pages(), root = new URL("../../", import.meta.url);
  const sources = { pages: await allPages(made), sections: sectionsOf([...made.keys()]), root };
  for await (const [path, content] of site(sources)) {
    const to = `${folder}/${path}`;
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(to, content);
    else await Deno.writeFile(to, content);
  }
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS.split(" "),
    timeout: PATIENCE_MS,
  });
  const url = pathToFileURL(folder).href, complaints: string[] = [];
  const open: Given["open"] = async (path, options) => {
    const page = await (await browser.newContext(options)).newPage();
    page.on("console", (said) => {
      if (["error", "warning"].includes(said.type())) complaints.push(said.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) complaints.push(`asked ${request.url()}`);
    });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${url}/${path}`);
    return page;
  };
  try {
    await test({ browser, open });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** What axe finds wrong, in words. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    // deno-lint-ignore no-explicit-any -- axe is a global of the page; from a disk it can fetch no style again
    (globalThis as any).axe.run({ preload: false })
  );
  return (violations as axe.Result[]).flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`)
  );
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
    withSite(async ({ open }) => {
      await t.step("pages are without violations, light and dark, wide and narrow", async () => {
        const found: string[] = [];
        for (const [i, path] of KINDS.entries()) {
          const narrow = i % 2 === 1;
          const page = await open(path, {
            colorScheme: i % 3 === 0 ? "dark" : "light",
            viewport: narrow ? { width: 360, height: 700 } : { width: 1300, height: 900 },
          });
          found.push(...(await faults(page)).map((fault) => `${path} ${fault}`));
          const wider = await page.evaluate(() =>
            document.documentElement.scrollWidth - document.documentElement.clientWidth
          );
          if (wider > 0) found.push(`${path} is wider than its window`);
          await page.context().close();
        }
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
        assert.deepEqual(await faults(page), []);
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
