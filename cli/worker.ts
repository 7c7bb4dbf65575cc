/** `phosphene worker`: does tasks of jobs that others run. */
import { z } from "../deps/zod.ts";
import { BACKENDS } from "../engine/backends.ts";
import { MOST_THREADS, useBackend } from "../engine/runtime.ts";
import { platform } from "../platform/mod.ts";
import type { AddCommand, Context } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { paceMeter } from "./_pace.ts";
import { ownQueueOptions } from "./_queue.ts";
import { spoken } from "./_say.ts";

const workerOptions = z.object({
  workers: z.int().min(1).max(MOST_THREADS).optional()
    .describe("How many tasks are done at a time; default: one for each core"),
  backend: z.enum(["auto", ...BACKENDS]).default("auto").describe("Compute backend"),
});

export const addWorker: AddCommand = (program, context) => {
  const command = program.command("worker")
    .summary("Do tasks of jobs that run on other machines")
    .description(
      "Takes tasks from a queue, does them and sends their results back, until it is stopped. " +
        "`phosphene job run JOB --queue …` sends them. It reads no files but those that come with a " +
        "task, and answers nobody but the queue.",
    );
  addFlags(command, ownQueueOptions, "Queue:");
  addFlags(command, workerOptions, "Work:");
  command.action(async () => {
    const given = readFlags(command, workerOptions);
    await worker({ ...given, ...readFlags(command, ownQueueOptions) }, context);
  });
};

async function worker(
  given: z.output<typeof workerOptions> & z.output<typeof ownQueueOptions>,
  context: Context,
): Promise<void> {
  const [{ openQueue }, { work }, { helper }] = await Promise.all([
    import("../jobs/queue/connect.ts"),
    import("../jobs/queue/worker.ts"),
    import("../jobs/hands.ts"),
  ]);
  const { signal, plugins } = context, { name: backend } = await useBackend(given.backend);
  const count = given.workers ?? (backend === "webgpu" ? 1 : platform.cores);
  const threads = Math.max(1, Math.floor(platform.cores / count));
  const queue = await openQueue(given);
  const meter = context.meter("worker"), pace = paceMeter();
  let done = 0, failed = 0;
  const tell = (line: string) => {
    meter.clear();
    context.note(line);
  };
  tell(`${count} at a time, on ${backend}; Ctrl-C stops, and others go on with what is begun.`);
  try {
    await work({
      queue,
      hands: Array.from({ length: count }, () => helper({ backend, threads, plugins })),
      signal,
      listener: {
        begun: (label) => meter.update(done, undefined, label),
        done(label) {
          done++;
          meter.update(done, undefined, [pace(done, done), label].filter(Boolean).join("  "));
        },
        failed(label, message) {
          failed++;
          tell(`error: ${label}: ${spoken(message)}`);
        },
      },
    });
  } finally {
    meter.stop();
    await queue.connection.close();
  }
  context.print({ done, failed }, () => `${done} done, ${failed} failed`);
  // however soon all hands have let go, a program that was stopped says so by its exit code
  signal.throwIfAborted();
}
