/** Tasks through a real NATS server: killed workers, a server that is restarted, what is sent twice. */
import assert from "node:assert/strict";
import { remoteHands } from "../../jobs/queue/hands.ts";
import { openQueue, type Queue, subjectOf, TASKS } from "../../jobs/queue/connect.ts";
import type { Results } from "../../jobs/results.ts";
import { type Event, runTasks } from "../../jobs/run.ts";
import type { Task } from "../../jobs/task.ts";
import { random } from "../../core/random.ts";
import { within } from "../_support/patience.ts";
import { contentOf, trialTask } from "./_kind.ts";
import { natsAbsence, natsLeftOut, NatsServer } from "../_support/nats.ts";

/** How long a worker may be silent here, in ms: killed ones need not be waited for so long. */
const SILENCE_MS = 1500;

/** Workers in processes of their own. */
class Workers implements AsyncDisposable {
  readonly #running = new Set<Deno.ChildProcess>();

  constructor(readonly url: string) {}

  get running(): readonly Deno.ChildProcess[] {
    return [...this.#running];
  }

  /** Starts one; resolves once it takes tasks. */
  async start(count = 1): Promise<Deno.ChildProcess> {
    const script = new URL("./_worker.ts", import.meta.url).href;
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--lock=deno.dev.lock", "--no-check", "-A", script, this.url, `${count}`],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#running.add(process);
    void process.status.then(() => this.#running.delete(process));
    const reader = process.stdout.getReader();
    assert.ok(!(await within(reader.read(), "a worker")).done, "the worker ended");
    void (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {});
    return process;
  }

  async kill(process: Deno.ChildProcess): Promise<void> {
    process.kill("SIGKILL");
    await process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.running) await this.kill(process).catch(() => {});
  }
}

/** Results of trials, in a folder. */
function trials() {
  const out = Deno.makeTempDirSync(), kept = new Map<string, number>();
  const results: Results = {
    out,
    find: ({ label }) => Promise.resolve(kept.has(label) ? `${out}/${label}` : undefined),
    begin: () => Deno.makeTempDir({ dir: out, prefix: ".partial-" }),
    async keep({ label }, folder, told) {
      await Deno.rename(folder, `${out}/${label}`);
      kept.set(label, (kept.get(label) ?? 0) + 1);
      return { path: `${out}/${label}`, told };
    },
  };
  return {
    results,
    /** Each of these numbers has one result, which is whole; there is nothing else. */
    check(numbers: readonly number[]) {
      const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
      assert.deepEqual(names, numbers.map((n) => `trial ${n}`).sort());
      assert.ok([...kept.values()].every((times) => times === 1), "kept twice");
      for (const n of numbers) {
        assert.equal(Deno.readTextFileSync(`${out}/trial ${n}/result.txt`), contentOf(n));
        const files = [...Deno.readDirSync(`${out}/trial ${n}`)].map(({ name }) => name);
        assert.ok(!files.includes("half.txt"));
      }
    },
    [Symbol.dispose]: () => Deno.removeSync(out, { recursive: true }),
  };
}

interface Run {
  readonly job?: string;
  readonly atOnce?: number;
  readonly signal?: AbortSignal;
  hear?(event: Event): void;
}

async function runOn(queue: Queue, tasks: readonly Task[], results: Results, run: Run = {}) {
  const { job = "test", atOnce = 50, signal = new AbortController().signal, hear = () => {} } = run;
  const { hands, forget } = await remoteHands(queue, job, atOnce);
  const running = runTasks(tasks, { hands, results, signal, hear });
  return await within(running, "the tasks").finally(forget);
}

const tasksOf = (numbers: readonly number[], ms = 0) =>
  Promise.all(numbers.map((number) => trialTask({ number, ms })));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Declares a test with a server, an open queue, and room for workers. */
function onQueue(
  name: string,
  test: (queue: Queue, workers: Workers, server: NatsServer) => Promise<void>,
) {
  Deno.test({
    name: `${name}${natsAbsence}`,
    ignore: natsLeftOut,
    // the client's timers end with its connection, a moment later
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using server = await NatsServer.start();
      await using workers = new Workers(server.url);
      const queue = await openQueue({ queue: server.url }, SILENCE_MS);
      try {
        await test(queue, workers, server);
      } finally {
        await queue.connection.close();
      }
    },
  });
}

/** What still lies in the queue. */
async function left({ manager, states, results }: Queue) {
  const { state: { messages } } = await manager.streams.info(TASKS);
  const keys: string[] = [];
  for await (const key of await states.keys()) keys.push(key);
  return { messages, states: keys.length, results: (await results.list()).length };
}

onQueue(
  "three workers, one killed in a task, the server restarted, one slow, one task sent twice",
  async (queue, workers, server) => {
    using trial = trials();
    await workers.start();
    const killed = await workers.start(), slow = await workers.start();
    slow.kill("SIGSTOP"); // longer than it may be silent: its task goes to another, and comes twice
    setTimeout(() => slow.kill("SIGCONT"), 4 * SILENCE_MS);
    const numbers = upTo(60), tasks = await tasksOf(numbers, 150);
    let done = 0, disturbed: Promise<unknown> | undefined;
    const count = await runOn(queue, tasks, trial.results, {
      hear() {
        if (++done === 8) void workers.kill(killed);
        if (done === 16) disturbed = server.restart();
        if (done === 30) {
          const again = JSON.stringify({ task: tasks[55], out: "x", files: [] });
          void queue.stream.publish(subjectOf("test"), again, { msgID: "another" });
        }
      },
    });
    await disturbed;
    assert.deepEqual(count, { done: 60, skipped: 0, failed: 0 });
    trial.check(numbers);
  },
);

onQueue(
  "a thousand tasks with random kills: nothing lost, nothing double, nothing left",
  async (queue, workers) => {
    using trial = trials();
    const stream = random(15), numbers = upTo(1000);
    for (let i = 0; i < 3; i++) await workers.start(4);
    let over = false;
    const killing = (async () => {
      while (!over) {
        await new Promise((resolve) => setTimeout(resolve, stream.uniform(300, 1200)));
        const { running } = workers;
        if (over || running.length === 0) continue;
        const victim = running[stream.integer(0, running.length - 1)];
        await Promise.all([workers.kill(victim).catch(() => {}), workers.start(4)]);
      }
    })();
    const tasks = await tasksOf(numbers, 10);
    const count = await runOn(queue, tasks, trial.results, { atOnce: 100 });
    over = true;
    await killing;
    assert.deepEqual(count, { done: 1000, skipped: 0, failed: 0 });
    trial.check(numbers);
    const { states, results } = await left(queue);
    assert.deepEqual({ states, results }, { states: 0, results: 0 });
  },
);

onQueue(
  "what fails is told: its own fault at once, others after five tries, also what kills workers",
  async (queue, workers) => {
    using trial = trials();
    const faults = new Map<string, string>();
    const tasks = [
      await trialTask({ number: 0, fault: "own" }),
      await trialTask({ number: 1, fault: "program" }),
      await trialTask({ number: 2, fault: "killer" }),
      await trialTask({ number: 3 }),
    ];
    let over = false;
    const starting = (async () => {
      while (!over) {
        if (workers.running.length === 0) await workers.start().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    const count = await runOn(queue, tasks, trial.results, {
      hear(event) {
        if (event.type === "failed") faults.set(event.label, event.fault.message);
      },
    });
    over = true;
    await starting;
    assert.deepEqual(count, { done: 1, skipped: 0, failed: 3 });
    trial.check([3]);
    assert.equal(faults.get("trial 0"), "this one never works");
    assert.equal(faults.get("trial 1"), "out of luck");
    assert.match(faults.get("trial 2")!, /given up after 5 tries: whoever did it stopped/);
  },
);

onQueue(
  "files come with a task; a worker reads no others; results wait for who comes again",
  async (queue, workers) => {
    using trial = trials();
    const folder = Deno.makeTempDirSync(), sent = `${folder}/large.bin`;
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    Deno.writeFileSync(sent, new Uint8Array(3_000_000).map((_, i) => bytes[i % bytes.length]));
    await workers.start();
    const before = await left(queue);
    const wanted = await trialTask({ number: 1, files: [sent] });
    assert.equal((await runOn(queue, [wanted], trial.results)).done, 1);
    const copy = Deno.readFileSync(`${trial.results.out}/trial 1/file-0`);
    assert.deepEqual(copy, Deno.readFileSync(sent));

    // more files than a hundred, as a look at a network's layers takes
    const many = upTo(150).map((n) => `${folder}/${n}.bin`);
    for (const [n, path] of many.entries()) Deno.writeFileSync(path, Uint8Array.of(n, 7));
    const wide = await trialTask({ number: 3, files: many });
    assert.equal((await runOn(queue, [wide], trial.results)).done, 1);
    const last = Deno.readFileSync(`${trial.results.out}/trial 3/file-149`);
    assert.deepEqual(last, Deno.readFileSync(many.at(-1)!));

    // one who sends a task himself, with a file of the worker's machine in it
    const own = await trialTask({ number: 2, files: [`${folder}/large.bin`] });
    const message = JSON.stringify({ task: own, out: "x", files: [] });
    await queue.stream.publish(subjectOf("test"), message);
    const state = async () => (await queue.states.get(own.key))?.string();
    for (let text; !(text = await state())?.includes("reads only what was sent");) {
      assert.ok(!text, text);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await queue.states.purge(own.key);

    // stopped by one, gone on with by another: what workers did meanwhile is not done again
    const stop = new AbortController(), numbers = upTo(20).map((n) => n + 10);
    const tasks = await tasksOf(numbers, 30);
    setTimeout(() => stop.abort(new Error("enough")), 200);
    await assert.rejects(runOn(queue, tasks, trial.results, { signal: stop.signal }), /enough/);
    while ((await left(queue)).messages > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const process of workers.running) await workers.kill(process);
    assert.ok((await runOn(queue, tasks, trial.results)).done > 0, "with no worker at all");
    trial.check([1, 3, ...numbers]);
    assert.deepEqual(await left(queue), before);
    Deno.removeSync(folder, { recursive: true });
  },
);

Deno.test(`a queue that is none is told in a sentence${natsAbsence}`, {
  ignore: natsLeftOut,
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const refused: [string, RegExp][] = [
    ["nats://127.0.0.1:1", /Cannot use the queue nats:\/\/127\.0\.0\.1:1: no server answers there/],
    ["http://127.0.0.1:1", /begins with http:\/\/, and not with nats/],
    ["", /an address such as nats:\/\/HOST:4222 is needed/],
  ];
  for (const [queue, expected] of refused) await assert.rejects(openQueue({ queue }), expected);
  await assert.rejects(
    openQueue({ queue: "nats://127.0.0.1:1", creds: "/nowhere/x.creds" }),
    /its credentials "\/nowhere\/x\.creds" cannot be read/,
  );
  await using guarded = await NatsServer.start("--user", "ada", "--pass", "secret");
  // the server breaks the connection off at once: an error that nobody hears would end the program
  for (let i = 0; i < 40; i++) {
    await assert.rejects(openQueue({ queue: guarded.url }), /does not let this program in/);
  }
  const named = guarded.url.replace("//", "//ada:wrong@");
  await assert.rejects(openQueue({ queue: named }), (error: Error) => {
    assert.match(error.message, /nats:\/\/…@127/);
    return !error.message.includes("wrong");
  });
  const open = await openQueue({ queue: guarded.url.replace("//", "//ada:secret@") });
  await open.connection.close();
});
