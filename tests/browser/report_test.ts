/** The page of a report in a real Chromium, from the disk. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { leftOutWithout } from "../_support/ci.ts";
import { CHROMIUM, type Pages, unreadable, withPages } from "./_chromium.ts";
import { BARE, FULL, ODD, withReports } from "./_report.ts";

const REPORTS = { full: FULL, odd: ODD, bare: BARE };
const page = (name: keyof typeof REPORTS) => `${name}/index.html`;
const wide = { viewport: { width: 1300, height: 900 } };

/** Each page dark and light, narrow and wide. */
async function readable(pages: Pages): Promise<void> {
  const looks = (["dark", "light"] as const).flatMap((colorScheme) =>
    [{ width: 320, height: 700 }, wide.viewport].map((viewport) => ({ colorScheme, viewport }))
  );
  const all = (Object.keys(REPORTS) as (keyof typeof REPORTS)[]).flatMap((name) =>
    looks.map((look) => ({ path: page(name), look }))
  );
  const paths = all.map(({ path }) => path);
  assert.deepEqual(await unreadable(pages, paths, (i) => all[i].look), []);
}

/** What is wrong stands first: in the list, and as a section. */
async function inOrder({ open }: Pages): Promise<void> {
  const first = async (name: keyof typeof REPORTS) => {
    const shown = await open(page(name), wide);
    return {
      verdict: await shown.locator(".verdict").textContent(),
      finding: await shown.locator("main > .summary > li").first().textContent(),
      sections: await shown.getByRole("heading", { level: 2 }).allTextContents(),
    };
  };
  const odd = await first("odd"), full = await first("full"), bare = await first("bare");
  assert.match(odd.verdict!, /prepared wrongly: they suit it much better with as the model says/);
  assert.match(odd.finding!, /^Pictures prepared with/);
  assert.equal(odd.sections[0], "How pictures are prepared");
  assert.match(full.verdict!, /“a class with <some> long/);
  assert.match(full.finding!, /is given away by the bottom left corner\.$/);
  assert.equal(full.sections[0], "Places that may give a class away");
  assert.deepEqual(full.sections.toSorted(), odd.sections.toSorted());
  assert.match(bare.verdict!, /^Whether it is right is not known; of its reasons so few/);
  assert.deepEqual(bare.sections, []);
}

/** The frame lies where the place is; on controls, where its opposite is. */
async function framed({ open }: Pages): Promise<void> {
  const shown = await open(page("full"), wide);
  const shots = shown.locator(".shots").first().locator("li");
  await shots.first().scrollIntoViewIfNeeded();
  const within = async (n: number) => {
    const picture = (await shots.nth(n).locator("img").boundingBox())!;
    // the place itself: a stroke is about it
    const box = await shots.nth(n).locator("rect").last().evaluate((rect) => {
      const { x, y, width, height } = (rect as SVGRectElement).getBBox();
      const at = (rect as SVGRectElement).getScreenCTM()!;
      return { x: x * at.a + at.e, y: y * at.d + at.f, width: width * at.a, height: height * at.d };
    });
    return [
      (box.x - picture.x) / picture.width,
      (box.y - picture.y) / picture.height,
      box.width / picture.width,
      box.height / picture.height,
    ].map((share) => Math.round(8 * share * 10) / 10);
  };
  for (const n of [0, 1, 2]) assert.deepEqual(await within(n), [0, 6, 3, 2], `${n}`);
  assert.deepEqual(await within(3), [5, 0, 3, 2]);
  const text = await shots.nth(1).locator("p").innerText();
  assert.match(text, /^cat, 87\.00 %\nthe bottom left corner covered by what pictures of other/);
  assert.equal(await shots.locator("strong").count(), 1, "answers that changed are bold");
}

/** Nothing on it needs a script: pictures come as one scrolls to them. */
async function withoutScripts({ open }: Pages): Promise<void> {
  const shown = await open(page("full"), { javaScriptEnabled: false, ...wide });
  const pictures = shown.locator("main img");
  const [{ examples }] = FULL.shortcuts, walls = FULL.mistakes.length + FULL.wrongReasons.length;
  assert.equal(await pictures.count(), 2 * (examples.flat().length + walls));
  for (const picture of await pictures.all()) {
    await picture.scrollIntoViewIfNeeded();
    await picture.evaluate((img: HTMLImageElement) => img.decode());
    assert.equal(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth), 48);
    assert.notEqual(await picture.getAttribute("alt"), "");
  }
}

const present = await Deno.stat(CHROMIUM).then(() => true, () => false);

Deno.test({
  name: "the page of a report, from the disk",
  ignore: leftOutWithout(present),
  sanitizeOps: false, // playwright keeps pipes of its own
  sanitizeResources: false,
  fn: (t) =>
    withReports(REPORTS, (folder) =>
      withPages(`${pathToFileURL(folder).href}/`, async (pages) => {
        for (const part of [readable, inOrder, framed, withoutScripts]) {
          await t.step(part.name, () => part(pages));
        }
      })),
});
