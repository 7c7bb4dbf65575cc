/** Nothing that a file or a plugin says steers the terminal that it is printed on. */
import assert from "node:assert/strict";
import { writeSafetensors } from "../../core/safetensors.ts";
import { values } from "../../core/values.ts";
import { file, phosphene, pictureFile, type Said, scratch, weightsFile } from "./_phosphene.ts";

/** Erases, sets the title, colours by a single character, turns the line around, begins a new one. */
const STEERING = "\x1b[2J\x1b]0;pwned\x07\x9b31m\u202e\u2028\r\x08";
const NAMED = `evil${STEERING}name`;

const weights = await weightsFile("resnet20-cifar");
const model = ["--model", "resnet20-cifar", "--weights", weights, "--backend", "cpu"];
const labels = file("labels.json", JSON.stringify(Array(10).fill(`${NAMED}\nsecond line`)));
const picture = await pictureFile(`${NAMED}.png`);
const plugin = file(
  "plugin.ts",
  `import { saliency } from "${new URL("../../techniques/saliency.ts", import.meta.url)}";
  import { UserError } from "${new URL("../../core/errors.ts", import.meta.url)}";
  const named = ${JSON.stringify(NAMED)};
  export default [
    { ...saliency, id: "told", title: "Told", summary: named, caution: named,
      async *run(context) {
        return { ...yield* saliency.run(context), diagnosis: [named] };
      } },
    { ...saliency, id: "refused", title: "Refused", async *run() { throw new UserError(named); } },
    { ...saliency, id: "broken", title: "Broken", async *run() { throw new Error(named); } },
  ];`,
);

function quiet(name: string, { out, err }: Said): void {
  for (const text of [out, err]) {
    const found = text.match(/(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    assert.equal(found, null, `${name}: ${JSON.stringify(text)}`);
  }
  assert.match(out + err, /evil/, name);
}

const out = ["--out", scratch("runs")];
const commands: Record<string, string[]> = {
  "labels in text": ["predict", picture, ...model, "--labels", labels],
  "a picture's name": ["saliency", picture, ...model, ...out],
  "several pictures": ["saliency", picture, picture, ...model, ...out],
  "a picture that is not there": ["saliency", `${NAMED}.gif`, ...model, ...out],
  "a model that is not there": ["predict", picture, "--model", NAMED],
  "a command that is not there": [NAMED],
  "tensors": [
    "predict",
    picture,
    "--model",
    "resnet20-cifar",
    "--weights",
    file("w.safetensors", writeSafetensors({ [NAMED]: values(new Float32Array(1), [1]) })),
  ],
  "a layer": ["grad-cam", picture, ...model, ...out, "--layer", NAMED],
  "a plugin's help": ["told", "--help", "--plugin", plugin],
  "a plugin's note": ["told", picture, ...model, ...out, "--plugin", plugin],
  "a plugin's refusal": ["refused", picture, ...model, ...out, "--plugin", plugin],
  "a plugin's bug": ["broken", picture, ...model, ...out, "--plugin", plugin],
};
for (const [name, args] of Object.entries(commands)) {
  Deno.test(`it is printed as text: ${name}`, async () => quiet(name, await phosphene(...args)));
}

Deno.test("what is printed as JSON says what was there", async () => {
  const said = await phosphene("predict", picture, ...model, "--labels", labels, "--json");
  quiet("labels as JSON", said);
  const { out } = said;
  assert.ok(JSON.stringify(JSON.parse(out)).includes(JSON.stringify(`${NAMED}\nsecond line`)));
});
