import assert from "node:assert/strict";
import { SAME_ORIGIN, withGallery, writeRun } from "./_gallery.ts";
import { denoArgs, gallery } from "./_cli.ts";
import { eventsOf, isOver, PICTURE, SETTINGS, start, until } from "./_jobs.ts";

const CAT = await Deno.readFile(PICTURE);

/** The value of a form's field as the page has it; undefined where it is not there, or not ticked. */
function valueOf(html: string, name: string): string | undefined {
  const tags = [...html.matchAll(/<(input|select)[^>]*>/g)].map(([tag]) => tag)
    .filter((tag) => tag.includes(`name="${name}"`));
  const chosen = tags.length > 1 || /type="(checkbox|radio)"/.test(tags[0])
    ? tags.find((tag) => / checked/.test(tag))
    : tags[0];
  if (chosen?.startsWith("<select")) {
    const after = html.slice(html.indexOf(chosen));
    return /<option value="([^"]*)" selected/.exec(after.slice(0, after.indexOf("</select>")))?.[1];
  }
  return chosen && /value="([^"]*)"/.exec(chosen)?.[1];
}

/** The picture that the form has chosen of those that are kept. */
const tokenOf = (html: string) => /^kept:(.+)$/.exec(valueOf(html, "sample") ?? "")?.[1];

Deno.test("the form of a run comes back as it was, with the very picture, and makes the same run", () =>
  withGallery(
    { ...SETTINGS, models: [{ id: "phosphene-vgg" }, ...SETTINGS.models] },
    async (given) => {
      const { ask, folder, gallery } = given, wait = until(gallery.jobs!);
      const fields = {
        picture: new File([CAT], "my cat.png"),
        "option-class": "snail",
        "option-layer": "layer3",
        "option-overlay": "0.25",
        seed: "7",
      };
      const first = await wait(await start(ask, "grad-cam", fields), isOver);
      assert.equal(first.state, "done", first.message);

      // another server knows nothing but the folder
      await withGallery(
        { ...SETTINGS, folder, models: gallery.models },
        async ({ ask, gallery }) => {
          const page = await ask(`/new/grad-cam?run=${first.run}`), html = await page.text();
          assert.equal(page.status, 200);
          assert.equal(valueOf(html, "model"), "phosphene-resnet");
          assert.equal(valueOf(html, "option-class"), "snail");
          assert.equal(valueOf(html, "option-layer"), "layer3");
          assert.equal(valueOf(html, "option-overlay"), "0.25");
          assert.equal(valueOf(html, "seed"), "7");
          const token = tokenOf(html)!;
          assert.deepEqual(await (await ask(`/pictures/${token}`)).bytes(), CAT);
          assert.match(html, /Your picture my cat\.png/);
          const same = {
            sample: `kept:${token}`,
            "option-class": "snail",
            "option-layer": "layer3",
          };
          const id = await start(ask, "grad-cam", same);
          const again = await until(gallery.jobs!)(id, isOver);
          const map = (run: string) => Deno.readFile(`${folder}/${run}/map.png`);
          assert.deepEqual(await map(again.run!), await map(first.run!));
        },
      );
    },
  ));

Deno.test("a picture that is not what it was is never taken silently", () =>
  withGallery(SETTINGS, async ({ ask, folder, gallery }) => {
    const id = await start(ask, "saliency", { picture: new File([CAT], "cat.png") });
    const { run } = await until(gallery.jobs!)(id, isOver);
    const kept = `${folder}/${run}/source.png`;
    const other = await Deno.readFile(new URL("snail-3.png", PICTURE));
    const told = async () => {
      const html = await (await ask(`/new/saliency?run=${run}`)).text();
      assert.match(html, /The picture &quot;cat\.png&quot; is not there any more/);
      assert.equal(valueOf(html, "sample"), undefined); // not the first sample instead
    };
    await Deno.writeFile(kept, other);
    await told();
    await Deno.remove(kept);
    await told();
    await Deno.writeFile(`${folder}/elsewhere.png`, CAT);
    await Deno.symlink(`${folder}/elsewhere.png`, kept);
    await told();
    // and without one, nothing runs
    const form = new FormData();
    form.set("model", "phosphene-resnet");
    const sent = { method: "POST", body: form, headers: SAME_ORIGIN };
    assert.match(await (await ask("/new/saliency", sent)).text(), /needs a picture/);

    await writeRun(folder, "foreign", { options: { overlay: 0.5, class: "x", unknown: 3 } });
    const html = await (await ask("/new/saliency?run=foreign")).text();
    assert.match(html, /Its model, &quot;small-net&quot;, is not among those/);
    assert.equal(valueOf(html, "option-overlay"), "0.5");
    await writeRun(folder, "broken", { seed: "zero" });
    assert.match(await (await ask("/new/saliency?run=broken")).text(), /is damaged, so this form/);
    const none = await (await ask("/new/saliency?run=..%2Fnone")).text();
    assert.match(none, /is not there any more, so this form begins with the defaults/);
  }));

Deno.test("a wrong option keeps the upload, an empty file is refused, a bad one chooses nothing", () =>
  withGallery(SETTINGS, async ({ ask, gallery }) => {
    const send = async (fields: Record<string, string | File>) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      const sent = { method: "POST", body: form, headers: SAME_ORIGIN };
      const response = await ask("/new/saliency", sent);
      return { status: response.status, html: await response.text(), to: response.headers };
    };
    const model = "phosphene-resnet", picture = new File([CAT], "cat.png");
    const wrong = await send({ model, picture, sample: "cat.png", "option-overlay": "7" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.html, /“overlay” takes/);
    const token = tokenOf(wrong.html)!;
    assert.deepEqual(gallery.uploads.get(token).bytes, CAT);
    assert.ok(wrong.html.includes(`<img src="/pictures/${token}"`));
    const mended = await send({ model, sample: `kept:${token}`, "option-overlay": "0.7" });
    assert.equal(mended.status, 303);
    const [job] = gallery.jobs!.list();
    assert.equal(job.work.image!.name, "cat.png");

    const empty = await send({ model, picture: new File([], "empty.png"), sample: "cat.png" });
    assert.equal(empty.status, 422);
    assert.match(empty.html, /Cannot read picture &quot;empty\.png&quot;: it is empty/);
    const gone = await send({ model, sample: "kept:0000" });
    assert.equal(gone.status, 422);
    assert.match(gone.html, /not kept any more/);
    await until(gallery.jobs!)(job.id, isOver);
  }));

Deno.test("a job's form comes back, from what is remembered or from its own address", () =>
  withGallery(SETTINGS, async ({ ask, gallery }) => {
    const picture = new File([CAT], "cat.png");
    const fields = { picture, "option-layer": "layer99", "option-steps": "12" };
    const id = await start(ask, "deepdream", fields);
    const job = await until(gallery.jobs!)(id, isOver);
    assert.equal(job.state, "failed");
    const html = await (await ask(`/new/deepdream?job=${id}`)).text();
    assert.equal(valueOf(html, "option-layer"), "layer99");
    assert.equal(valueOf(html, "option-steps"), "12");
    assert.deepEqual(gallery.uploads.get(tokenOf(html)!).bytes, CAT);

    // the page itself holds the address for a server that remembers nothing
    const page = await (await ask(`/jobs/${id}`)).text();
    const props = JSON.parse(
      /data-island="JobView" data-props="([^"]*)"/.exec(page)![1].replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&"),
    );
    await withGallery(SETTINGS, async ({ ask }) => {
      const html = await (await ask(props.form)).text();
      assert.equal(valueOf(html, "option-steps"), "12");
      assert.equal(valueOf(html, "sample"), undefined);
      assert.match(html, /A picture is not there any more/);
      const none = await (await ask(`/new/deepdream?job=${id}`)).text();
      assert.match(none, /is not remembered any more/);
    });
  }));

Deno.test("the command of a gallery's run repeats it, from the folder where the gallery was started", async () => {
  const here = await Deno.makeTempDir();
  const { child, url } = await gallery([], here);
  const form = new FormData();
  form.set("model", "phosphene-resnet");
  form.set("picture", new File([CAT], "my cat's.png"));
  form.set("option-class", "snail");
  form.set("seed", "3");
  const headers = { ...SAME_ORIGIN, origin: url };
  const page = await fetch(`${url}/new/smooth-grad`, { method: "POST", body: form, headers });
  assert.equal(page.status, 200, await page.text());
  // of a run that is done already, the page is the run's
  const events = page.url.includes("/jobs/") ? eventsOf(await fetch(`${page.url}/events`)) : [];
  for await (const { run, state, message } of events) {
    assert.notEqual(state, "failed", String(message));
    if (run) break;
  }
  const runs = () => [...Deno.readDirSync(`${here}/runs`)].map(({ name }) => name).sort();
  const [run] = runs();
  const { command } = JSON.parse(await Deno.readTextFile(`${here}/runs/${run}/manifest.json`));
  assert.match(command, /^phosphene smooth-grad /);
  // pasted into a shell where `phosphene` is a command
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const deno = [Deno.execPath(), ...denoArgs()].map(quoted).join(" ");
  const args = ["-c", `phosphene() { ${deno} "$@"; }\n${command}`];
  const { code, stderr } = await new Deno.Command("sh", { args, cwd: here }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const [again] = runs().filter((name) => name !== run);
  for (const name of ["map.png", "values.safetensors"]) {
    const bytes = (run: string) => Deno.readFile(`${here}/runs/${run}/${name}`);
    assert.deepEqual(await bytes(again), await bytes(run), name);
  }
  child.kill("SIGTERM");
  await Promise.all([child.status, child.stderr.cancel()]);
  await Deno.remove(here, { recursive: true });
});
