/** A made-up report with all that one can have, and one with next to nothing. */
import { shareOf } from "../../core/bootstrap.ts";
import { encodePng } from "../../image/mod.ts";
import { GRID } from "../../jobs/kinds/assess.ts";
import type { Assessed, Report, Shortcut, Shot, Trial } from "../../report/data.ts";
import { writeReport } from "../../web/report/page.tsx";

const LONG = "a class with <some> long & “odd” name, which-is-not-broken-anywhere-in-it";

const answer = (label: string, probability: number) => ({ index: 0, label, logit: 3, probability });

const picture = (i: number): Assessed => ({
  name: `a picture with a very long name that is never to break the page, number ${i}.png`,
  class: i % 2 ? "cat" : LONG,
  answers: [answer(i % 3 ? "cat" : LONG, 0.9)],
  evidence: new Array(GRID * GRID).fill(1 / GRID ** 2),
  onThing: { evidence: 0.04, area: 0.2 },
  ...{ seen: "pictures/wide.png", overlay: "pictures/wide.png" },
});

const trial = (hits: number, controls: number): Trial => ({
  count: 40,
  ...{ share: shareOf(hits, 40), control: shareOf(controls, 40) },
});

const shot = (how: Shot["how"], label: string): Shot => ({
  ...{ how, name: picture(1).name, answer: label, probability: 0.87 },
  seen: "pictures/wide.png",
});

const row = (...hows: Shot["how"][]) => hows.map((how, i) => shot(how, i === 1 ? "cat" : LONG));

const shortcut = (proven: boolean): Shortcut => ({
  class: LONG,
  place: proven
    ? { rows: [6, 8], columns: [0, 3], name: "the bottom left corner" }
    : { rows: [0, 1], columns: [5, 8], name: "the top right corner" },
  ...{ pictures: 40, evidence: 0.6, area: 0.09, elsewhere: 0.06 },
  covered: { mean: trial(30, 1), around: trial(proven ? 31 : 2, 1) },
  ...{ pasted: trial(3, 2), proven },
  examples: [
    row("unchanged", "mean", "around", "opposite"),
    row("donor", "unchanged", "pasted", "opposite"),
  ],
});

const channels = (dead: number) => ({
  ...{ layer: `layer4.${dead}.act2`, channels: 512 },
  dead: Array.from({ length: dead }, (_, i) => 100 + i),
  ...{ constant: [7], always: [] },
});

const prepared = (how: string, right: number, shift: number) => ({
  ...{ how, accuracy: shareOf(right, 40), confidence: 0.8 },
  drift: ["bn1", "layer1.0.bn1", "layer1.0.bn2"].map((layer) => ({ layer, shift, spread: 1.02 })),
});

/** Most of a report; nothing is wrong with how its pictures are prepared. */
export const FULL: Report = {
  model: "/a/folder/of-networks/with-a-long-name/model.json",
  ...{ classes: ["cat", LONG], technique: "grad-cam" },
  pictures: Array.from({ length: 24 }, (_, i) => picture(i)),
  bad: [{ name: "broken.png", reason: "Cannot read it: it is no picture." }],
  strangers: [{ class: "unicorn", count: 3 }],
  accuracy: { ...shareOf(12, 24), count: 24 },
  confusions: [{ class: LONG, answer: "cat", count: 8 }, { class: "cat", answer: LONG, count: 4 }],
  mistakes: [2, 3, 4],
  ...{ beside: 2, wrongReasons: [0, 7] },
  shortcuts: [shortcut(true), shortcut(false)],
  channels: [channels(0), channels(31)],
  skipped: 103,
  prepared: [prepared("as the model says", 20, 0.05), prepared("levels of 0 to 255", 4, 90)],
};

/** The same, of pictures that are prepared wrongly. */
export const ODD: Report = { ...FULL, prepared: [FULL.prepared[1], FULL.prepared[0]] };

/** One picture of a network of which nothing else is known. */
export const BARE: Report = {
  ...{ model: "mine.onnx", classes: ["yes", "not yes"], technique: "saliency" },
  pictures: [{
    ...picture(0),
    class: undefined,
    answers: [{ index: 0, label: "yes", logit: 1.5 }],
  }],
  ...{ bad: [], strangers: [], confusions: [], mistakes: [], beside: 0, wrongReasons: [] },
  ...{ shortcuts: [], channels: [], skipped: 0, prepared: [] },
};

/** Writes the reports for a test, each into a folder of its own name, and takes them away. */
export async function withReports(
  reports: Readonly<Record<string, Report>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir(), size = { width: 48, height: 32 };
  const data = new Uint8ClampedArray(3 * size.width * size.height).fill(140);
  try {
    for (const [name, report] of Object.entries(reports)) {
      await Deno.mkdir(`${folder}/${name}/pictures`, { recursive: true });
      await Deno.writeFile(
        `${folder}/${name}/pictures/wide.png`,
        await encodePng({ ...size, data }),
      );
      await writeReport(report, `${folder}/${name}`);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
