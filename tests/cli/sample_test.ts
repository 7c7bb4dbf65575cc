import assert from "node:assert/strict";
import { loadImage } from "../../image/mod.ts";
import { loadModel } from "../../models/mod.ts";
import { predict } from "../../run/predict.ts";
import { phosphene } from "./_phosphene.ts";

Deno.test("sample draws a picture that the default network knows, and its mask", async () => {
  const out = await Deno.makeTempDir();
  try {
    const args = ["sample", "--class", "snail", "--seed", "3", "--out", out, "--json"];
    const { code, out: text } = await phosphene(...args);
    assert.equal(code, 0);
    const { index, picture, mask } = JSON.parse(text);
    const drawn = await loadImage(picture), where = await loadImage(mask);
    assert.deepEqual([drawn.width, drawn.height], [256, 256]);
    assert.deepEqual([where.width, where.height], [256, 256]);
    assert.ok(where.data.every((level) => level === 0 || level === 255));
    assert.ok(where.data.includes(255) && where.data.includes(0));
    const [best] = await predict(await loadModel("phosphene-resnet"), drawn);
    assert.equal(best.index, index);

    const again = await phosphene(...args);
    assert.equal(JSON.parse(again.out).picture, picture);
    assert.equal((await loadImage(picture)).sha256, drawn.sha256);
    assert.deepEqual([...Deno.readDirSync(out)].length, 2);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("sample refuses a class that it cannot draw, by name and by number", async () => {
  for (const wanted of ["unicorn", "20"]) {
    const { code, err } = await phosphene("sample", "--class", wanted);
    assert.equal(code, 2);
    assert.match(err, /^error: .*\.$/m);
  }
});
