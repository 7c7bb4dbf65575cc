/** Jobs: planned, run, stopped, gone on with, by the real command line. */
import assert from "node:assert/strict";
import { natsAbsence, natsLeftOut, NatsServer } from "../_support/nats.ts";
import { ended, entries, file, phosphene, pictureFile, scratch, start } from "./_phosphene.ts";

const read = (path: string) => Deno.readFileSync(path);

/** A folder of so many pictures, all different. */
async function pictures(name: string, count: number): Promise<string> {
  Deno.mkdirSync(scratch(name), { recursive: true });
  for (let i = 0; i < count; i++) await pictureFile(`${name}/p${i}.png`, 30 + i, 40);
  return scratch(name);
}

const runsOf = (job: string) => entries(`${job}/runs`).filter((name) => !name.startsWith("."));

Deno.test("a job has a task for each picture, technique, class and value; run does what is left", async () => {
  const folder = await pictures("shown", 3), job = scratch("job");
  file("shown/p9.png", "no picture");
  const args = ["job", "plan", job, folder, "--techniques", "saliency,smooth-grad"];
  const more = ["--classes", "cat,star", "--set", "samples=2,3; sigma=0.2", "--json"];
  const planned = await phosphene(...args, ...more);
  assert.equal(planned.code, 0, planned.err);
  // 4 files × 2 classes × (saliency + SmoothGrad with 2 and with 3 samples)
  assert.deepEqual(JSON.parse(planned.out), { job, tasks: 24 });
  assert.match((await phosphene(...args)).err, /^error: .* there is something of that name\.$/m);

  const first = await phosphene("job", "run", job, "--workers", "2");
  assert.equal(first.code, 2);
  assert.match(first.err, /^error: p9\.png saliency class cat: Cannot read picture "p9\.png"/m);
  assert.match(
    first.err,
    /^error: Not all 24 tasks .* worked: 18 done, 0 done before, 6 failed\. .*failed\.json/m,
  );
  assert.match(first.out, /^p1\.png smooth-grad samples 3, sigma 0\.2, class star {2}star \(/m);
  assert.equal(runsOf(job).length, 18);

  const status = JSON.parse((await phosphene("job", "status", job, "--json")).out);
  assert.deepEqual(
    [status.state, status.done, status.failed, status.left, status.failures.length],
    ["not running", 18, 6, 0, 6],
  );

  // the picture is there again: only what failed is done
  Deno.copyFileSync(`${folder}/p0.png`, `${folder}/p9.png`);
  const changed = await phosphene("job", "run", job);
  assert.match(changed.err, /p9\.png" is not the picture any more that it was when/);
  assert.match(changed.err, /worked: 0 done, 18 done before, 6 failed/);

  // each result is what one command gives
  const manifest = JSON.parse(
    Deno.readTextFileSync(`${job}/runs/${runsOf(job)[0]}/manifest.json`),
  );
  const [, ...command] = manifest.command.split(" ");
  const again = JSON.parse((await phosphene(...command, "--out", scratch("again"), "--json")).out);
  assert.deepEqual(
    read(`${again.path}/map.png`),
    read(`${job}/runs/${manifest.id}/map.png`),
  );
});

Deno.test("a job that was stopped leaves nothing half done, and goes on where it was", async () => {
  const folder = await pictures("many", 12), job = scratch("stopped");
  const options = ["--techniques", "smooth-grad", "--set", "samples=40"];
  assert.equal((await phosphene("job", "plan", job, folder, ...options)).code, 0);

  /** Runs it until the third result, then does `stop`; what it said at the end. */
  const stopped = async (count: number, stop: (process: Deno.ChildProcess) => unknown) => {
    const process = start(["job", "run", job]);
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    for (let said = ""; said.split("\n").length <= count;) {
      const { value, done } = await reader.read();
      assert.ok(!done, `it ended: ${said}`);
      said += value;
    }
    await stop(process);
    reader.releaseLock();
    const [{ code }, err] = await Promise.all([
      process.status,
      new Response(process.stderr).text(),
    ]);
    return { code, err };
  };
  const interrupted = await stopped(2, (process) => process.kill("SIGINT"));
  assert.equal(interrupted.code, 130);
  const before = runsOf(job);
  assert.ok(before.length >= 2 && before.length < 12, `${before.length}`);
  assert.deepEqual(entries(`${job}/runs`), before, "nothing half done");

  const cancelled = await stopped(1, async () => {
    assert.match((await phosphene("job", "run", job)).err, /^error: The job ".*" runs already\.$/m);
    const { out } = await phosphene("job", "cancel", job);
    assert.match(out, /is being stopped/);
  });
  assert.equal(cancelled.code, 2);
  assert.match(cancelled.err, /^error: The job ".*" was cancelled\.$/m);
  assert.match((await phosphene("job", "cancel", job)).out, /does not run/);

  const rest = await phosphene("job", "run", job, "--json");
  assert.equal(rest.code, 0, rest.err);
  const { done, skipped } = JSON.parse(rest.out);
  assert.equal(done + skipped, 12);
  assert.ok(skipped > before.length);
  assert.equal(runsOf(job).length, 12);
});

Deno.test("a job remembers its plugins, wherever it is run from", async () => {
  const folder = await pictures("plugged", 2), job = scratch("with-plugin");
  const plugin = ["--plugin", "examples/plugin_technique.ts"];
  const planned = await phosphene(
    "job",
    "plan",
    job,
    folder,
    "--techniques",
    "gradient-sign",
    ...plugin,
  );
  assert.equal(planned.code, 0, planned.err);
  for (const again of [[], plugin]) {
    const ran = await phosphene("job", "run", job, "--workers", "2", ...again);
    assert.equal(ran.code, 0, ran.err);
  }
  assert.equal(runsOf(job).length, 2);
});

Deno.test("what cannot be a job is refused in a sentence, and leaves nothing", async () => {
  const folder = await pictures("few", 1), job = scratch("none");
  const cases: [string[], RegExp][] = [
    [["--techniques", "deepdream"], /deepdream is no attribution/],
    [["--techniques", "salience"], /nearest: "saliency"/],
    [["--set", "samples=3"], /^error: None of saliency has an option "samples"/m],
    [["--set", "clip"], /^error: Cannot read --set: "clip" is no option with its values/m],
    [["--set", "clip=much"], /^error: Cannot run saliency: --clip takes/m],
    [["--classes", "unicorn"], /unicorn/],
  ];
  for (const [args, expected] of cases) {
    const { code, err } = await phosphene("job", "plan", job, folder, ...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, expected);
  }
  assert.ok(!entries(scratch("")).includes("none"));
  assert.match((await phosphene("job", "run", folder)).err, /^error: Cannot take .* for a job: /m);

  await phosphene("job", "plan", job, folder);
  const tasks = `${job}/tasks.jsonl`, whole = Deno.readTextFileSync(tasks);
  const damaged: [string, RegExp][] = [
    [whole.slice(0, 100), /line 1 of its tasks\.jsonl is damaged/],
    ["", /its tasks\.jsonl has 0 of 1 tasks/],
    [whole.replace('"explain"', '"exclaim"'), /There is no kind of tasks "exclaim"/],
    [whole.replace(/"seed":0/, '"seed":"x"'), /line 1 of its tasks\.jsonl is damaged: seed/],
  ];
  for (const [text, expected] of damaged) {
    Deno.writeTextFileSync(tasks, text);
    const { code, err } = await phosphene("job", "run", job);
    assert.equal(code, 2, text);
    assert.match(err, expected);
  }
});

Deno.test({
  name: `workers of a queue give what this machine gives, byte by byte${natsAbsence}`,
  ignore: natsLeftOut,
  async fn() {
    const folder = await pictures("sent", 4), far = scratch("far"), near = scratch("near");
    const weights = scratch("network.safetensors");
    const converted = await phosphene("convert", "phosphene-vgg", weights);
    assert.equal(converted.code, 0, converted.err);
    const options = ["--techniques", "saliency,occlusion", "--model", weights];
    for (const job of [far, near]) {
      assert.equal((await phosphene("job", "plan", job, folder, ...options)).code, 0);
    }
    assert.equal((await phosphene("job", "run", near)).code, 0);

    await using server = await NatsServer.start();
    const nobody = await phosphene("job", "status", far, "--queue", server.url, "--json");
    assert.deepEqual(JSON.parse(nobody.out).queue, { waiting: 0 });
    // it waits for a worker to come, wherever that was started
    const running = start(["job", "run", far, "--queue", server.url, "--json"]);
    const worker = start(["worker", "--queue", server.url, "--workers", "2"]);
    const ran = await ended(running);
    assert.equal(ran.code, 0, ran.err);
    assert.deepEqual(JSON.parse(ran.out).done, 8);
    worker.kill("SIGINT");
    assert.equal((await ended(worker)).code, 130);

    const made = (job: string) =>
      new Map(
        runsOf(job).map((name) => {
          const run = `${job}/runs/${name}`, text = Deno.readTextFileSync(`${run}/manifest.json`);
          const { technique, image, model, command, files } = JSON.parse(text);
          return [`${technique.id} ${image.name}`, { run, image, model, command, files }];
        }),
      );
    const here = made(near), there = made(far);
    assert.deepEqual([...there.keys()].sort(), [...here.keys()].sort());
    for (const [what, { run, image, model, files }] of there) {
      const own = here.get(what)!;
      assert.deepEqual([image, model, files], [own.image, own.model, own.files], what);
      assert.equal(image.path, `${Deno.realPathSync(folder)}/${image.name}`);
      for (const { name } of files) {
        assert.deepEqual(read(`${run}/${name}`), read(`${own.run}/${name}`));
      }
    }
    const again = await phosphene("job", "run", far, "--queue", server.url);
    assert.match(again.err, /^0 done, 8 done before, 0 failed/m);
    const asked = await phosphene("job", "cancel", far, "--queue", server.url, "--json");
    assert.deepEqual(JSON.parse(asked.out), { job: far, cancelled: false, takenBack: 0 });
  },
});
