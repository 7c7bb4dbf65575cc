/**
 * How many tasks a minute do one worker and several do, with one thread each, and what does a queue
 * cost? Saliency maps of the built-in network on drawn pictures, saved as runs; and tasks that do
 * nothing, here and through a NATS server of the bench's own.
 */
import { z } from "../deps/zod.ts";
import { encodePng, loadModel, useBackend } from "../mod.ts";
import { doubled, type Hand, helper, own } from "../jobs/hands.ts";
import type { Kind } from "../jobs/kind.ts";
import { kinds } from "../jobs/kinds/mod.ts";
import { explainTasks, variantsOf } from "../jobs/plan.ts";
import { openQueue } from "../jobs/queue/connect.ts";
import { remoteHands } from "../jobs/queue/hands.ts";
import { work } from "../jobs/queue/worker.ts";
import { KeyResults, type Results, RunResults } from "../jobs/results.ts";
import { runTasks } from "../jobs/run.ts";
import { keyOf, type Task } from "../jobs/task.ts";
import { techniques } from "../techniques/mod.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import { CLASSES, draw } from "../world/scene.ts";
import { took } from "./_measure.ts";
import type { Question, Side } from "./_question.ts";

const PICTURES = 96;
/** Tasks before which nothing is measured: helpers begin with them. */
const BEFORE = 24;
const NOTHINGS = 400;

const never = new AbortController().signal;

/** Does tasks in a folder that is removed again; when each was done, in ms. */
async function times(
  tasks: Iterable<Task> | AsyncIterable<Task>,
  hands: readonly Hand[],
  resultsIn: (folder: string) => Results,
): Promise<number[]> {
  const folder = await Deno.makeTempDir(), results = resultsIn(folder), done: number[] = [];
  try {
    await runTasks(tasks, {
      ...{ hands, signal: never, results },
      hear(event) {
        if (event.type === "failed") throw new Error(event.fault.message);
        done.push(performance.now());
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return done;
}

/** @param beside helpers with a thread each, which this program gives the tasks to; 0: it does them itself */
const explained: Side = async ({ beside }, { backend }) => {
  const folder = await Deno.makeTempDir(), pictures: string[] = [];
  for (let seed = 0; seed < PICTURES; seed++) {
    const { picture } = draw({
      ...{ class: CLASSES[seed % CLASSES.length], seed, size: 256, difficulty: "normal" as const },
    });
    await Deno.writeFile(`${folder}/${seed}.png`, await encodePng(picture));
    pictures.push(`${folder}/${seed}.png`);
  }
  const model = await loadModel("phosphene-resnet"), count = Number(beside);
  const technique = techniques.get("saliency") as AttributionTechnique;
  const variants = variantsOf({ techniques: [technique], classes: [], settings: new Map() });
  const beginning = { backend, threads: 1, plugins: [] };
  await useBackend(backend, { threads: 1 });
  const hands = count === 0
    ? doubled(own(model))
    : Array.from({ length: count }, () => doubled(helper(beginning))).flat();
  const tasks = explainTasks({
    ...{ model, variants, seed: 0, pictures, onLeftOut() {}, onProgress() {} },
  });
  const done = await times(tasks, hands, (out) => new RunResults(out, []));
  await Deno.remove(folder, { recursive: true });
  return { perMinute: (PICTURES - BEFORE) / (done.at(-1)! - done[BEFORE - 1]) * 60_000 };
};

/** Tasks that do nothing. */
const nothing: Kind<{ number: number }> = {
  id: "nothing",
  schema: z.strictObject({ number: z.int() }),
  identity: ({ number }) => String(number),
  paths: () => [],
  texts: () => [],
  async perform(_input, { folder }) {
    await Deno.writeTextFile(`${folder}/nothing.txt`, "");
    return {};
  },
};

const nothings = () =>
  Promise.all(
    Array.from({ length: NOTHINGS }, async (_, number): Promise<Task> => {
      const input = { number };
      return {
        key: await keyOf(nothing.id, nothing.identity(input)),
        kind: nothing.id,
        input,
        label: "",
      };
    }),
  );

const queued: Side = async ({ atOnce }) => {
  kinds.add(nothing);
  const tasks = await nothings(), count = Number(atOnce), folder = await Deno.makeTempDir();
  const here = await took(() =>
    times(tasks, Array.from({ length: count }, () => own()), (out) => new KeyResults(out))
  );
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const server = new Deno.Command("nats-server", {
    args: ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", folder],
    stdout: "null",
    stderr: "null",
  }).spawn();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const queue = await openQueue({ queue: `nats://127.0.0.1:${port}` }),
    stop = new AbortController();
  const worker = work({
    ...{ queue, signal: stop.signal, listener: { begun() {}, done() {}, failed() {} } },
    hands: Array.from({ length: count }, () => own()),
  });
  const { hands } = await remoteHands(queue, "bench", count);
  const there = await took(() => times(tasks, hands, (out) => new KeyResults(out)));
  stop.abort();
  await worker;
  await queue.connection.close();
  server.kill();
  await server.status;
  await Deno.remove(folder, { recursive: true });
  return { hereMs: here / NOTHINGS, thereMs: there / NOTHINGS };
};

const hasServer = () =>
  new Deno.Command("nats-server", { args: ["--version"] }).output()
    .then(({ success }) => success, () => false);

export const question: Question = {
  asks: "How many tasks are done a minute, and what does a queue cost?",
  sides: { explained, queued },
  async *rows(bench) {
    const { alone, one, two } = await bench.inTurns({
      alone: bench.side("explained", { beside: 0 }),
      one: bench.side("explained", { beside: 1 }),
      two: bench.side("explained", { beside: 2 }),
    });
    const what = "phosphene-resnet, saliency, saved";
    yield {
      case: `${what}: 1 worker, 1 thread, against the program itself`,
      ...{ ours: one!.perMinute, peer: alone!.perMinute, unit: "a minute", threads: 1 },
    };
    yield {
      case: `${what}: 2 workers, 1 thread each, against one`,
      ...{ ours: two!.perMinute, peer: one!.perMinute, unit: "a minute", threads: 2 },
    };
    if (!await hasServer()) return bench.note("jobs: nats-server is not installed: no queue");
    for (const atOnce of [1, 16]) {
      const { thereMs, hereMs } = await bench.side("queued", { atOnce })();
      yield {
        case: `an empty task through a queue, ${atOnce} at a time, against none`,
        ...{ ours: thereMs, peer: hereMs, unit: "ms" },
      };
    }
  },
};
