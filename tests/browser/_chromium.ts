/** Pages in a real Chromium, which fail a test when they complain or ask for anything elsewhere. */
import axe from "axe-core";
import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import { PATIENCE_MS } from "../_support/patience.ts";

export const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync " +
  "--disable-background-networking --disable-component-update";

/** What a test is given. */
export interface Pages {
  readonly browser: Browser;
  /** A new tab with a page, which fails the test when it complains, breaks its policy or calls elsewhere. */
  open(path: string, options?: Parameters<Browser["newContext"]>[0]): Promise<Page>;
}

/** Runs a test in a browser of its own. @param url What the paths of pages are added to. */
export async function withPages(
  url: string,
  test: (pages: Pages) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS.split(" "),
    timeout: PATIENCE_MS,
  });
  const complaints: string[] = [];
  const open: Pages["open"] = async (path, options) => {
    const page = await (await browser.newContext(options)).newPage();
    page.on("console", (said) => {
      if (!["error", "warning"].includes(said.type())) return;
      complaints.push(`${said.text()} (${said.location().url}, on ${page.url()})`);
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) complaints.push(`asked ${request.url()}`);
    });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(url + path);
    return page;
  };
  try {
    await test({ browser, open });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

/** Closes what is open, before what it shows is taken away: it would ask for what is gone. */
export async function closeAll({ browser }: Pages): Promise<void> {
  for (const context of browser.contexts()) await context.close();
}

/** Waits until all pictures of a page are there. */
export async function pictured(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
}

/** How a page is opened, by its place among the others: light or dark, wide or narrow. */
type Opened = (i: number) => Parameters<Browser["newContext"]>[0];

/** What of pages on a disk axe finds wrong, and which are wider than their windows. */
export async function unreadable(
  { open }: Pages,
  paths: readonly string[],
  opened: Opened,
): Promise<string[]> {
  const found: string[] = [];
  for (const [i, path] of paths.entries()) {
    const page = await open(path, opened(i));
    found.push(...await diskFaults(page));
    const wider = await page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth
    );
    if (wider > 0) found.push(`${path} is wider than its window`);
    await page.context().close();
  }
  return found;
}

/** What axe finds wrong: from a disk it can fetch no style again. */
export const diskFaults = (page: Page): Promise<string[]> => axeFaults(page, { preload: false });

/** What axe finds wrong, in words. @param options Of a page on a disk, which can fetch no style again. */
export async function axeFaults(page: Page, options: axe.RunOptions = {}): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    // deno-lint-ignore no-explicit-any -- axe is a global of the page
    (options) => (globalThis as any).axe.run(options),
    options,
  );
  return (violations as axe.Result[]).flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${page.url()} ${id}: ${html} ${failureSummary}`)
  );
}
