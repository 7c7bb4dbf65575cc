/** Command lines, written and read back. */
import assert from "node:assert/strict";
import { commandLine, flagIn, wordsOf } from "../../run/command.ts";
import fc from "../_support/property.ts";

Deno.test("words of a command line come back as they were written", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (words) => {
      assert.deepEqual(wordsOf(commandLine(words)), words);
    }),
  );
});

Deno.test("a flag is found with its value, however that is written", () => {
  const words = wordsOf(
    "phosphene lrp 'a b.png' --model net.onnx --target=-1 --labels 'it'\\''s.txt'",
  );
  assert.deepEqual(words.slice(0, 3), ["phosphene", "lrp", "a b.png"]);
  assert.equal(flagIn(words, "--model"), "net.onnx");
  assert.equal(flagIn(words, "--target"), "-1");
  assert.equal(flagIn(words, "--labels"), "it's.txt");
  assert.equal(flagIn(words, "--weights"), undefined);
});
