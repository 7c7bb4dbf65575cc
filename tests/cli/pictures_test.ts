/** Which files of a folder are pictures, and what is said of the others. */
import assert from "node:assert/strict";
import { namedPictures } from "../../cli/_pictures.ts";
import { UserError } from "../../core/errors.ts";

/** Runs `test` with a folder that has these files in it. */
async function inFolder(names: string[], test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/more`);
    for (const name of names) await Deno.writeTextFile(`${folder}/${name}`, "");
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const namesOf = (paths: readonly string[], folder: string) =>
  paths.map((path) => path.slice(folder.length + 1));

Deno.test("a folder gives its pictures, and says how many files it left out and why", () =>
  inFolder(
    [
      "b.JFIF",
      "a.jpe",
      "c.tif",
      "d.ppm",
      "e.bmp",
      "n.txt",
      "m.txt",
      "x.heic",
      ".hid.png",
      "README",
    ],
    async (folder) => {
      const { paths, single, leftOut } = await namedPictures([folder], false);
      assert.equal(single, false);
      assert.deepEqual(namesOf(paths, folder), ["a.jpe", "b.JFIF", "c.tif", "d.ppm", "e.bmp"]);
      assert.deepEqual(leftOut, [
        `Left out 5 of the 10 files in "${folder}": 2 .txt, 1 .heic (save as JPEG or PNG), ` +
        "1 hidden, 1 without an ending.",
        `A subfolder of "${folder}" was not looked into; \`recursive: true\` looks into them.`,
      ]);
    },
  ));

Deno.test("where all files are pictures, nothing is said", () =>
  inFolder(["more/a.png", "b.webp"], async (folder) => {
    const { paths, leftOut } = await namedPictures([folder], true);
    assert.deepEqual(namesOf(paths, folder), ["b.webp", "more/a.png"]);
    assert.deepEqual(leftOut, []);
    assert.deepEqual((await namedPictures(["none.xyz"], false)).leftOut, []);
  }));

Deno.test("a folder without a picture says what is in it", () =>
  inFolder(["a.avif"], async (folder) => {
    await assert.rejects(namedPictures([folder], false), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /no picture.*png, jpg.*Left out 1 of the 1 files.*1 \.avif/);
      return true;
    });
  }));
