import assert from "node:assert/strict";
import { parseLabels, readLabels } from "../../models/labels.ts";

const READ: Readonly<Record<string, readonly [text: string, labels: string[]]>> = {
  "a name a line": ["cat\ndog\r\nmouse\n\n", ["cat", "dog", "mouse"]],
  "with a byte order mark": ["\uFEFFcat\ndog", ["cat", "dog"]],
  "numbered from 0, as Teachable Machine writes": ["0 cardboard\n1 glass\n", [
    "cardboard",
    "glass",
  ]],
  "numbered with a colon": ["0: zero\n1: one", ["zero", "one"]],
  "numbers that are names": ["5\n6\n7", ["5", "6", "7"]],
  "numbers that are no order stay": ["1 euro\n2 euro", ["1 euro", "2 euro"]],
  "WordNet's ids": [
    "n01440764 tench, Tinca tinca\nn01443537 goldfish, Carassius auratus",
    ["tench, Tinca tinca", "goldfish, Carassius auratus"],
  ],
  "a JSON list": ['["cat", "dog"]', ["cat", "dog"]],
  "a JSON object by number": ['{"1": "dog", "0": "cat"}', ["cat", "dog"]],
  "Keras's class index": [
    '{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}',
    ["tench", "goldfish"],
  ],
  "Keras's class_indices": ['{"cat": 1, "ape": 0}', ["ape", "cat"]],
};

for (const [name, [text, labels]] of Object.entries(READ)) {
  Deno.test(`labels: ${name}`, () => assert.deepEqual(parseLabels(text), labels));
}

const REFUSED: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  "nothing": [" \n", /it is empty/],
  "bytes": ["PK\x03\x04\0\0", /it is no text/],
  "broken JSON": ['["cat", ', /begins like JSON, but/],
  "numbers": ["[1, 2]", /it holds \[1,2\]; a list of names/],
  "gaps": ['{"0": "cat", "7": "dog"}', /it holds \{"0":"cat"/],
  "an object of something else": ['{"labels": {"a": true}}', /it holds/],
};

for (const [name, [text, message]] of Object.entries(REFUSED)) {
  Deno.test(`no labels: ${name}`, async () => {
    assert.throws(() => parseLabels(text), message);
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, text);
      await assert.rejects(readLabels(file), /^UserError: Cannot read the labels/);
    } finally {
      await Deno.remove(file);
    }
  });
}
