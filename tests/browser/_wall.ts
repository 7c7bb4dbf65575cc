/** The wall of maps on Explain. */
import type { Page } from "playwright-core";

/** How many maps can be kept, once no more are drawn: how many take few steps, the techniques say. */
export async function settledMaps(page: Page): Promise<number> {
  const button = page.getByRole("button", { name: /^Keep \d+ maps$/ });
  let before = -1, still = 0;
  while (still < 12) {
    const now = Number(/\d+/.exec(await button.innerText())![0]);
    still = now === before ? still + 1 : 0;
    before = now;
    await page.waitForTimeout(500);
  }
  return before;
}
