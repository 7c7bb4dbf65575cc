import assert from "node:assert/strict";
import { readNotes, tagsIn, writeNotes } from "../../web/notes.ts";
import { empty, forgetOld, restore, throwAway, thrownIn } from "../../web/trash.ts";
import { type Ask, SAME_ORIGIN, withGallery, writeRun } from "./_gallery.ts";

const send = (ask: Ask, path: string, fields: Record<string, string> = {}) =>
  ask(path, {
    method: "POST",
    headers: { ...SAME_ORIGIN, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });

const manifestAt = (folder: string, id: string) =>
  Deno.readTextFile(`${folder}/${id}/manifest.json`);

Deno.test("a note and tags are kept beside the run, found, and shown", () =>
  withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "one");
    await writeRun(folder, "two");
    const before = await manifestAt(folder, "one");
    const note = "Whiskers first.\n<b>not bold</b>", tags = " odd , cats,odd,, a  b ";
    const sent = await send(ask, "/runs/one/notes?tag=x", { note, tags });
    assert.equal(sent.status, 303);
    assert.equal(sent.headers.get("location"), "/runs/one?tag=x#notes");
    assert.deepEqual(await readNotes(`${folder}/one`), { note, tags: ["odd", "cats", "a b"] });
    assert.equal(await manifestAt(folder, "one"), before);
    const page = await (await ask("/runs/one")).text();
    assert.match(page, /Whiskers first\.\n&lt;b>not bold/);
    for (const query of ["q=whiskers", "tag=cats", "q=a+b&tag=odd"]) {
      const html = await (await ask(`/?${query}`)).text();
      assert.match(html, /1–1 of 1 run/, query);
      assert.match(html, /\/runs\/one\?/, query);
    }
    assert.match(await (await ask("/")).text(), /<option value="cats">cats \(1\)/);
    await send(ask, "/runs/one/notes", { note: " ", tags: "," });
    await assert.rejects(Deno.stat(`${folder}/one/notes.json`), Deno.errors.NotFound);
    assert.match(await (await ask("/?tag=cats")).text(), /No run matches/);
  }));

Deno.test("notes are of this gallery's pages, of runs that there are, and of what may be written", async () => {
  await withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "one");
    assert.equal((await ask("/runs/one/notes", { method: "POST" })).status, 403);
    assert.equal((await ask("/runs/one/delete", { method: "POST" })).status, 403);
    assert.equal((await ask("/runs/one/delete")).status, 404);
    for (const id of ["none", "..", ".trash", "%2e%2e%2fone"]) {
      assert.equal((await send(ask, `/runs/${id}/notes`)).status, 404, id);
      assert.equal((await send(ask, `/runs/${id}/delete`)).status, 404, id);
    }
  });
  await withGallery({ readOnly: true }, async ({ ask, folder, gallery }) => {
    await writeRun(folder, "one");
    await writeNotes(`${folder}/one`, { note: "kept", tags: ["t"] });
    await gallery.index.refresh();
    for (
      const path of ["/runs/one/notes", "/runs/one/delete", "/trash/empty", "/trash/1.one/restore"]
    ) {
      assert.equal((await send(ask, path)).status, 403, path);
    }
    assert.equal((await ask("/trash")).status, 403);
    const html = await (await ask("/runs/one")).text();
    assert.match(html, />kept</);
    assert.doesNotMatch(html, /<form|<textarea/);
  });
});

Deno.test("whatever lies there instead of notes, the run is shown", () =>
  withGallery({}, async ({ ask, folder }) => {
    for (
      const [n, text] of ["{", "[]", `{"note":1}`, `{"tags":["",2]}`, "x".repeat(300_000)].entries()
    ) {
      await writeRun(folder, `r${n}`);
      await Deno.writeTextFile(`${folder}/r${n}/notes.json`, text);
      assert.equal((await ask(`/runs/r${n}`)).status, 200, text.slice(0, 20));
    }
    await writeRun(folder, "linked");
    await Deno.symlink(`${folder}/r0/manifest.json`, `${folder}/linked/notes.json`);
    assert.deepEqual(await readNotes(`${folder}/linked`), { note: "", tags: [] });
  }));

Deno.test("tags are short, few, and each once", () => {
  assert.deepEqual(tagsIn(""), []);
  assert.equal(tagsIn("🦋".repeat(100))[0].length, 60);
  assert.equal(tagsIn(Array.from({ length: 50 }, (_, n) => n).join()).length, 20);
});

Deno.test("a deleted run is gone from the list, and comes back whole", () =>
  withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "a b");
    const before = await manifestAt(folder, "a b");
    const deleted = await send(ask, "/runs/a%20b/delete?technique=saliency");
    const to = deleted.headers.get("location")!;
    assert.match(to, /^\/\?technique=saliency&deleted=\d+\.a\+b$/);
    const list = await (await ask(to)).text();
    assert.match(list, /Deleted a b\./);
    const [, undo] = /action="(\/trash\/[^"]+\/restore)"/.exec(list)!;
    assert.equal((await ask("/runs/a%20b")).status, 404);
    assert.match(await (await ask("/trash")).text(), /a b/);
    const back = await send(ask, undo);
    assert.equal(back.headers.get("location"), "/runs/a%20b");
    assert.equal((await ask("/runs/a%20b")).status, 200);
    assert.equal(await manifestAt(folder, "a b"), before);
    const again = await send(ask, undo);
    assert.equal(again.status, 400);
    assert.match(await again.text(), /in the trash no more/);
    await send(ask, "/runs/a%20b/delete");
    await send(ask, "/trash/empty");
    assert.match(await (await ask("/trash")).text(), /Nothing is in it/);
    assert.deepEqual([...Deno.readDirSync(`${folder}/.trash`)], []);
  }));

Deno.test("a run does not come back over another, nor from elsewhere", () =>
  withGallery({}, async ({ ask, folder }) => {
    await writeRun(folder, "one");
    const name = await throwAway(folder, "one");
    await writeRun(folder, "one");
    await assert.rejects(restore(folder, name), {
      name: "UserError",
      message: /bring the run "one" back/,
    });
    assert.equal((await thrownIn(folder)).length, 1);
    for (const name of ["../one", "1..one", "1.%2e%2e", "1.", "x.one", "1.a/../../one"]) {
      await assert.rejects(restore(folder, name), { name: "UserError" });
      const { status } = await send(ask, `/trash/${encodeURIComponent(name)}/restore`);
      assert.ok(status === 400 || status === 404, name);
    }
  }));

Deno.test("the trash keeps runs for thirty days, and is no link to elsewhere", () =>
  withGallery({}, async ({ folder }) => {
    const now = new Date(Date.UTC(2026, 5, 30)),
      before = (days: number) => new Date(now.getTime() - days * 86_400_000);
    for (const [id, days] of [["old", 31], ["new", 29]] as const) {
      await writeRun(folder, id);
      await throwAway(folder, id, before(days));
    }
    assert.equal(await forgetOld(folder, now), 1);
    assert.deepEqual((await thrownIn(folder)).map(({ id }) => id), ["new"]);
    assert.equal(await empty(folder, before(29.5)), 0);
    const elsewhere = await Deno.makeTempDir();
    await Deno.remove(`${folder}/.trash`, { recursive: true });
    await Deno.symlink(elsewhere, `${folder}/.trash`);
    await writeRun(folder, "one");
    await assert.rejects(throwAway(folder, "one"), { name: "UserError" });
    assert.deepEqual([...Deno.readDirSync(elsewhere)], []);
    await Deno.remove(elsewhere, { recursive: true });
  }));
