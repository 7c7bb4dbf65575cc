import assert from "node:assert/strict";
import { readSafetensors } from "../../core/safetensors.ts";
import { confusionPicture } from "../../training/confusion.ts";
import { describe, drawSet, type PictureSet } from "../../training/pictures.ts";
import { HELD_OUT } from "../../world/held_out.ts";
import { CLASSES, draw } from "../../world/scene.ts";
import { leftOutWithout } from "../_support/ci.ts";

const root = new URL("../../", import.meta.url);

Deno.test("a set is balanced, mixes difficulties in every class, and is held out from training", () => {
  const set: PictureSet = { count: 120, seed: HELD_OUT, difficulty: "mixed" };
  const described = Array.from({ length: set.count }, (_, i) => describe(set, i));
  for (const name of CLASSES) {
    const own = described.filter((picture) => picture.class === name);
    assert.equal(own.length, 6);
    assert.equal(own.filter(({ difficulty }) => difficulty === "hard").length, 2);
  }
  assert.ok(described.every(({ seed }) => seed >= HELD_OUT));
});

Deno.test("a drawn set holds the pictures in order, also beyond a worker's share", async () => {
  const folder = await Deno.makeTempDir(), file = `${folder}/set.rgb`;
  try {
    const set: PictureSet = { count: 130, seed: 5, difficulty: "mixed" };
    await drawSet(file, set);
    const bytes = await Deno.readFile(file), each = bytes.length / set.count;
    for (const i of [0, 99, 100, 129]) {
      const expected = new Uint8Array(draw(describe(set, i)).picture.data);
      assert.deepEqual(bytes.subarray(i * each, (i + 1) * each), expected);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["set.rgb"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a confusion matrix is blue where right, red where wrong, white where nothing", () => {
  const { width, data } = confusionPicture([[8, 0], [2, 6]], 4);
  const pixel = (x: number, y: number) => [...data.subarray((y * width + x) * 3).subarray(0, 3)];
  assert.equal(width, 8);
  assert.deepEqual(pixel(2, 2), [25, 80, 170]);
  assert.deepEqual(pixel(6, 2), [255, 255, 255]);
  const [red, green, blue] = pixel(2, 6);
  assert.ok(red > green && green === blue && green < 255);
});

Deno.test({
  name: "a few steps of training write weights, labels and a card",
  ignore: leftOutWithout(hasTorch()),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const flags = ["--only", "vgg", "--steps", "2", "--pictures", "80", "--held-out", "20"];
      const folders = ["--out", `${folder}/out`, "--work", `${folder}/work`];
      const command = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "training/train.ts", ...flags, ...folders],
        cwd: root,
      });
      const { code, stderr } = await command.output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const bytes = await Deno.readFile(`${folder}/out/phosphene-vgg.safetensors`);
      const { tensors, metadata } = readSafetensors(bytes);
      assert.deepEqual(JSON.parse(metadata.labels), CLASSES);
      assert.deepEqual(tensors.get("features.0.weight")?.shape, [16, 3, 3, 3]);
      assert.deepEqual(tensors.get("head.fc.weight")?.shape, [CLASSES.length, 128]);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      const card = await Deno.readTextFile(`${folder}/out/phosphene-vgg.md`);
      assert.ok(card.includes(digest));
      assert.match(card, /\*\*\d+\.\d %\*\*/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function hasTorch(): boolean {
  return ["python3", "/usr/bin/python3"].some((python) => {
    try {
      const args = ["-c", "import numpy, torch"];
      return new Deno.Command(python, { args, stderr: "null" }).outputSync().success;
    } catch {
      return false;
    }
  });
}
