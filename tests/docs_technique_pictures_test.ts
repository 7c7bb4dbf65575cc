import assert from "node:assert/strict";
import { MOST_BYTES, techniquePicture as made } from "../docs/_technique_pictures.ts";
import { useBackend } from "../engine/runtime.ts";
import { decodeImage } from "../image/mod.ts";
import { techniques } from "../techniques/mod.ts";
import { techniquePicture } from "../web/technique_pictures.ts";

Deno.test("every technique has a small picture of the size that pages are told", async () => {
  for (const { id } of techniques) {
    const picture = techniquePicture(id);
    assert.ok(picture, `${id}: run deno task technique-pictures`);
    const bytes = await Deno.readFile(picture.url);
    assert.ok(bytes.length <= MOST_BYTES, `${id}: ${bytes.length} bytes`);
    const { width, height } = await decodeImage(bytes);
    assert.deepEqual([width, height], [picture.width, picture.height], id);
  }
  assert.equal(techniquePicture("of-a-plugin"), undefined);
  assert.equal(techniquePicture("toString"), undefined);
});

Deno.test("techniques' pictures are what the task makes", async () => {
  await useBackend("wasm");
  for (const id of ["saliency", "grad-cam", "lrp"]) {
    const { png } = await made(techniques.get(id));
    const kept = await Deno.readFile(techniquePicture(id)!.url);
    assert.deepEqual(new Uint8Array(png), kept, `${id}: run deno task technique-pictures`);
  }
});
