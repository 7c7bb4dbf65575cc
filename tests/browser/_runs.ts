/** Real runs, made by the command line, for pages that show them. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PATIENCE_MS } from "../_support/patience.ts";
import { phosphene } from "../web/_cli.ts";

export const IMAGES = new URL("../../examples/images/", import.meta.url).pathname;

/** Makes a run; its id. */
export async function run(...args: string[]): Promise<string> {
  const child = phosphene([...args, "--backend", "wasm", "--json"]);
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)).id;
}

export const cards = (page: Page) => page.locator("#grid > li");

/** Waits until something holds. */
export async function eventually(what: string, holds: () => unknown): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(what);
}

/** Waits until what is read is as expected: a page follows an event when its turn comes. */
export async function becomes<T>(read: () => T | Promise<T>, expected: T): Promise<void> {
  let last: T | undefined;
  await eventually("", async () => (last = await read()) === expected)
    .catch(() => assert.equal(last, expected));
}
