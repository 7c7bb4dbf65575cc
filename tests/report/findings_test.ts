/** What is said first of a report. */
import assert from "node:assert/strict";
import { shareOf } from "../../core/bootstrap.ts";
import type { Assessed, Prepared, Report } from "../../report/data.ts";
import { strangersText, verdictOf } from "../../report/findings.ts";

const seen = (label: string, count: number): Assessed[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ name: `${label} ${i}`, seen: "", overlay: "", evidence: [] },
    answers: [{ index: 0, label, logit: 1 }],
  }));

const plain: Report = {
  ...{ model: "mine", classes: ["cat", "dog"], technique: "saliency", bad: [], strangers: [] },
  pictures: [...seen("cat", 20), ...seen("dog", 20)],
  ...{ confusions: [], mistakes: [], beside: 0, wrongReasons: [] },
  ...{ shortcuts: [], channels: [], skipped: 0, prepared: [] },
};

const right = (hits: number, count: number) => ({
  accuracy: { ...shareOf(hits, count), count },
});

const way = (how: string, shift: number): Prepared => ({
  how,
  drift: [{ layer: "bn", shift, spread: 1 }],
});

const shortcut = {
  ...{ class: "cat", pictures: 20, evidence: 0.6, area: 0.1, elsewhere: 0.1, examples: [] },
  place: { rows: [0, 2], columns: [0, 2], name: "the top left corner" },
} as unknown as Report["shortcuts"][number];

Deno.test("the verdict names what is worst", () => {
  const proven = { ...shortcut, proven: true }, suspected = { ...shortcut, proven: false };
  const cases: [Partial<Report>, RegExp][] = [
    [
      right(38, 40),
      /^It names 95 % right, and nothing was found that speaks against its reasons\.$/,
    ],
    [right(22, 40), /^It names 55 % right, no more than guessing might/],
    [right(40, 40), /^It names 100 % right, and nothing/],
    [{}, /^Whether it is right is not known; nothing was found/],
    [
      { pictures: seen("cat", 1), ...right(1, 1) },
      /^It names 100 % right, and of its reasons so few/,
    ],
    [{ shortcuts: [suspected] }, /^Whether it is right is not known; nothing/],
    [
      { shortcuts: [suspected, proven], ...right(38, 40) },
      /^It is not to be trusted yet: “cat” is given/,
    ],
    [{ prepared: [way("as it says", 5), way("other", 4)] }, /^These pictures are far from those/],
    [
      { prepared: [way("as it says", 5), way("levels of 0 to 1", 0.1)], shortcuts: [proven] },
      /^Its pictures are likely prepared wrongly: they suit it much better with levels of 0 to 1\./,
    ],
  ];
  for (const [change, expected] of cases) {
    assert.match(verdictOf({ ...plain, ...change }), expected);
  }
});

Deno.test("classes that the network does not have are named, the first of many", () => {
  const one = [{ class: "unicorn", count: 1 }];
  assert.equal(
    strangersText(one),
    "No class of the network is called unicorn: 1 picture is not judged.",
  );
  const many = ["a", "b", "c", "d", "e", "f", "g"].map((name) => ({ class: name, count: 2 }));
  assert.match(strangersText(many), /called a, b, c, d, e or 2 others: 14 pictures/);
});
