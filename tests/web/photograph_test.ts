import assert from "node:assert/strict";
import { parseManifest } from "../../run/manifest.ts";
import { photographOf } from "../../web/_photograph.ts";
import { manifestOf } from "./_gallery.ts";

/** What is said of the photograph of a run of such a picture, preprocessing and kept file. */
function photograph(
  { width = 300, height = 200, resize = 64 as unknown, crop = 64 as unknown, name = "source.jpg" },
) {
  const { manifest } = parseManifest(JSON.stringify(manifestOf({
    image: { name: "car.jpg", width, height, sha256: "", file: { name, bytes: 1, sha256: "" } },
    model: {
      id: "net",
      weights: { sha256: "", source: "" },
      preprocess: { resize, crop },
      labelsCount: 1,
    },
  })));
  return photographOf(manifest!, { width: 64, height: 64 });
}

Deno.test("the photograph is shown with the box of what the network saw", () => {
  // 300×200 becomes 96×64, of which the columns 16 to 80 are seen
  assert.deepEqual(photograph({}), {
    file: "source.jpg",
    width: 300,
    height: 200,
    box: { left: 50, top: 0, width: 200, height: 200 },
  });
  // squeezed, all of it is seen
  assert.deepEqual(photograph({ resize: { width: 64, height: 64 }, crop: null })?.box, {
    left: 0,
    top: 0,
    width: 300,
    height: 200,
  });
});

Deno.test("no photograph is shown that browsers show otherwise, or that says no more", () => {
  for (const name of ["source.gif", "source.tif", "source.svg"]) {
    assert.equal(photograph({ name }), undefined, name);
  }
  assert.equal(photograph({ width: 64, height: 64 }), undefined);
  for (const resize of [0, -1, "64", [64], { width: 64 }]) {
    assert.equal(photograph({ resize }), undefined, JSON.stringify(resize));
  }
  assert.equal(photograph({ resize: null, crop: null }), undefined, "another shape was seen");
  assert.equal(photograph({ resize: 80, crop: 72 }), undefined, "another size was seen");
});
