/** The runner of tasks: each once, whole or absent, whatever fails. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import type { Errand, Hand } from "../../jobs/hands.ts";
import type { Results } from "../../jobs/results.ts";
import { type Event, type Misfit, runTasks } from "../../jobs/run.ts";
import { keyOf, type Task } from "../../jobs/task.ts";
import { within } from "../_support/patience.ts";

const task = async (name: string): Promise<Task> => ({
  key: await keyOf("test", name),
  kind: "test",
  input: name,
  label: name,
});

const tasksOf = (...names: string[]) => Promise.all(names.map(task));

/** Results as folders of a folder of their own, by label. */
function folders():
  & Results
  & { readonly kept: string[]; readonly left: () => string[] }
  & Disposable {
  const out = Deno.makeTempDirSync(), kept: string[] = [];
  return {
    out,
    kept,
    left: () => [...Deno.readDirSync(out)].map(({ name }) => name).sort(),
    find: ({ label }) => Promise.resolve(kept.includes(label) ? `${out}/${label}` : undefined),
    begin: () => Deno.makeTempDir({ dir: out, prefix: ".partial-" }),
    async keep({ label }, folder, told) {
      await Deno.rename(folder, `${out}/${label}`);
      kept.push(label);
      return { path: `${out}/${label}`, told };
    },
    [Symbol.dispose]: () => Deno.removeSync(out, { recursive: true }),
  };
}

/** Hands that do `perform`, and write one file before. */
const handsOf = (count: number, perform: (task: Task, errand: Errand) => unknown) => {
  const ended: number[] = [];
  const hands = Array.from({ length: count }, (_, i): Hand => ({
    async perform(task, errand) {
      await Deno.writeTextFile(`${errand.folder}/half.txt`, task.label);
      return await perform(task, errand);
    },
    end: () => ended.push(i),
  }));
  return { hands, ended };
};

const never = () => new AbortController().signal;

Deno.test("every task is done once, by as many hands as there are, also where it is planned twice", async () => {
  using results = folders();
  let busy = 0, most = 0;
  const done: string[] = [], events: Event[] = [];
  const { hands, ended } = handsOf(3, async ({ label }) => {
    most = Math.max(most, ++busy);
    await new Promise((resolve) => setTimeout(resolve, 5));
    busy--;
    done.push(label);
    return label.toUpperCase();
  });
  const names = Array.from({ length: 20 }, (_, i) => `t${i % 15}`);
  const count = await runTasks(await tasksOf(...names), {
    ...{ hands, results, signal: never() },
    hear: (event) => void events.push(event),
  });
  assert.deepEqual(count, { done: 15, skipped: 5, failed: 0 });
  assert.equal(most, 3);
  assert.deepEqual([...done].sort(), [...new Set(names)].sort());
  assert.deepEqual(results.left(), [...new Set(names)].sort(), "whole results and nothing else");
  assert.deepEqual(events.map(({ at }) => at).sort((a, b) => a - b), names.map((_, i) => i));
  const first = events.find(({ at }) => at === 0)!;
  assert.equal(first.type === "done" && first.told, "T0");
  assert.deepEqual(ended.sort(), [0, 1, 2]);
});

Deno.test("what fails is told and stops nothing: its own faults at once, others after three tries", async () => {
  using results = folders();
  const tries = new Map<string, number>(), failed: Event[] = [];
  const { hands } = handsOf(2, ({ label }) => {
    const n = (tries.get(label) ?? 0) + 1;
    tries.set(label, n);
    if (label === "bad picture") throw new UserError("no picture", { code: "bad-file" });
    if (label === "broken") throw new TypeError("out of luck");
    if (label === "shaky" && n < 3) throw new Error("not yet");
  });
  const misfit: Misfit = { label: "nowhere", fault: { message: "there is no such file" } };
  const names = ["good", "bad picture", "broken", "shaky", "fine"];
  const count = await runTasks([misfit, ...await tasksOf(...names)], {
    ...{ hands, results, signal: never() },
    hear: (event) => event.type === "failed" && void failed.push(event),
  });
  assert.deepEqual(count, { done: 3, skipped: 0, failed: 3 });
  assert.deepEqual(Object.fromEntries(tries), {
    good: 1,
    "bad picture": 1,
    broken: 3,
    shaky: 3,
    fine: 1,
  });
  assert.deepEqual(results.left(), ["fine", "good", "shaky"]);
  const faults = Object.fromEntries(
    failed.map((event) => event.type === "failed" ? [event.label, event.fault] : []),
  );
  assert.deepEqual(faults.nowhere, misfit.fault);
  assert.deepEqual(faults["bad picture"], {
    message: "no picture",
    code: "bad-file",
    option: undefined,
  });
  assert.match(faults.broken.stack!, /TypeError: out of luck/);
});

Deno.test("an abort ends all hands, and what was half done is gone", async () => {
  using results = folders();
  const stop = new AbortController();
  const { hands, ended } = handsOf(2, ({ label }, { signal }) => {
    if (label === "first") return;
    if (label === "third") stop.abort(new Error("enough"));
    return new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  const work = runTasks(await tasksOf("first", "second", "third", "fourth"), {
    ...{ hands, results, signal: stop.signal, hear: () => {} },
  });
  await assert.rejects(work, /enough/);
  assert.deepEqual(results.left(), ["first"]);
  assert.deepEqual(ended, [0, 1]);
});

Deno.test("an abort ends hands whose turn has not come yet", async () => {
  using results = folders();
  const stop = new AbortController(), { begin } = results;
  const { hands, ended } = handsOf(4, (_, { signal }) => signal.throwIfAborted());
  const stoppedMeanwhile = async (task: Task) => {
    const folder = await begin(task);
    stop.abort(new Error("enough"));
    return folder;
  };
  const work = runTasks(await tasksOf("a", "b", "c", "d", "e"), {
    ...{ hands, signal: stop.signal, hear() {} },
    results: Object.assign(results, { begin: stoppedMeanwhile }),
  });
  await assert.rejects(within(work, "the end of all hands"), /enough/);
  assert.deepEqual(results.left(), []);
  assert.deepEqual(ended, [0, 1, 2, 3]);
});

Deno.test("a place that cannot be written, and one who listens and throws, end the work", async () => {
  using results = folders();
  const { hands } = handsOf(2, () => {});
  const full: Results = {
    ...results,
    keep: () => Promise.reject(new UserError("the disk is full", { code: "cannot-write" })),
  };
  const tasks = await tasksOf("a", "b", "c"), signal = never();
  await assert.rejects(
    runTasks(tasks, { hands, results: full, signal, hear: () => {} }),
    /the disk is full/,
  );
  assert.deepEqual(results.left(), []);
  const told = runTasks(tasks, {
    ...{ hands, results, signal },
    hear() {
      throw new UserError("heard enough");
    },
  });
  await assert.rejects(told, /heard enough/);
});

Deno.test("tasks begin in their order, however long their folders take", async () => {
  using results = folders();
  const began: string[] = [], { begin } = results;
  let left = 4;
  const slowlyAtFirst = async (task: Task) => {
    await new Promise((resolve) => setTimeout(resolve, 10 * left--));
    return await begin(task);
  };
  const { hands } = handsOf(4, () => {});
  const watched = hands.map((hand): Hand => ({
    ...hand,
    perform(task, errand) {
      began.push(task.label);
      return hand.perform(task, errand);
    },
  }));
  await runTasks(await tasksOf("a", "b", "c", "d"), {
    hands: watched,
    results: Object.assign(results, { begin: slowlyAtFirst }),
    signal: never(),
    hear() {},
  });
  assert.deepEqual(began, ["a", "b", "c", "d"]);
});
