/**
 * A job: tasks that were planned together, in a folder of their own. `job.json` says what they are,
 * `tasks.jsonl` holds one in each line, `runs/` the results, `failed.json` what could not be done.
 */
import { z } from "../deps/zod.ts";
import config from "../deno.json" with { type: "json" };
import { checked } from "../core/checked.ts";
import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { BACKENDS } from "../engine/backends.ts";
import { platform } from "../platform/mod.ts";
import { unwritable } from "../run/folder.ts";
import type { Fault } from "./fault.ts";
import { kinds } from "./kinds/mod.ts";
import { linesOf } from "./lines.ts";
import { type Results, RunResults } from "./results.ts";
import { type Task, taskSchema } from "./task.ts";

/** What its tasks have in common. */
const headSchema = z.strictObject({
  schema: z.literal(1),
  /** What it is called where several jobs meet. */
  id: z.string().regex(/^[\w-]{1,64}$/),
  createdAt: z.iso.datetime(),
  phosphene: z.string(),
  backend: z.enum(["auto", ...BACKENDS]),
  plugins: z.array(z.string()),
  tasks: z.int().min(0),
  /** Ids of the techniques whose runs it makes. */
  techniques: z.array(z.string()),
});

export type Head = z.output<typeof headSchema>;

/** What could not be done, and why. */
export interface Failure {
  readonly label: string;
  readonly fault: Omit<Fault, "stack">;
}

const failuresSchema = z.array(
  z.object({ label: z.string(), fault: z.object({ message: z.string() }) }),
);

const refuse = (folder: string, reason: string, cause?: unknown) =>
  new UserError(`Cannot take "${folder}" for a job: ${reason}.`, { code: "bad-file", cause });

const json = (value: unknown) => JSON.stringify(value, null, 2) + "\n";

/** How often a job looks whether it is to end, in ms. */
const LOOK_EVERY_MS = 400;

/** A job in its folder. */
export class Job {
  private constructor(readonly folder: string, readonly head: Head) {}

  /**
   * Writes a job's folder, whole or not at all.
   *
   * @throws UserError where something is there already, or nothing can be written.
   */
  static async plan(
    folder: string,
    tasks: AsyncIterable<Task>,
    common: Pick<Head, "backend" | "plugins">,
  ): Promise<Job> {
    if (await platform.exists(folder)) {
      throw new UserError(`Cannot plan the job "${folder}": there is something of that name.`, {
        code: "taken",
      });
    }
    let head: Head | undefined;
    await platform.writeWhole(folder, async (partial) => {
      await platform.makeFolder(partial);
      const techniques = new Set<string>();
      let count = 0;
      await using file = await platform.openAppend(`${partial}/tasks.jsonl`);
      for await (const task of tasks) {
        await file.write(new TextEncoder().encode(JSON.stringify(task) + "\n"));
        const { technique } = task.input as { technique?: string };
        if (technique !== undefined) techniques.add(technique);
        count++;
      }
      head = {
        schema: 1,
        id: crypto.randomUUID(),
        createdAt: new Date().toISOString(),
        phosphene: config.version,
        ...common,
        tasks: count,
        techniques: [...techniques],
      };
      await platform.writeFile(`${partial}/job.json`, json(head));
    }, { replace: false }).catch((error) => {
      throw platform.fault(error) ? unwritable(folder, error) : error;
    });
    return new Job(folder, head!);
  }

  /** Reads one. @throws UserError where there is none, or a damaged one. */
  static async open(folder: string): Promise<Job> {
    let text: string;
    try {
      text = await platform.readText(`${folder}/job.json`);
    } catch (error) {
      throw refuse(folder, `its job.json cannot be read: ${platform.reason(error)}`, error);
    }
    let value: unknown;
    try {
      value = parseJson(text);
    } catch (error) {
      throw refuse(folder, `its job.json is no JSON: ${(error as Error).message}`, error);
    }
    const found = checked(headSchema, value);
    if (!found.data) {
      throw refuse(
        folder,
        `its job.json is damaged: ${found.path || "the whole"}: ${found.message}`,
      );
    }
    return new Job(folder, found.data);
  }

  /** Its tasks, in order. @throws UserError for a damaged line. */
  async *tasks(): AsyncGenerator<Task> {
    let number = 0;
    try {
      for await (const line of linesOf(`${this.folder}/tasks.jsonl`)) {
        number++;
        yield this.#task(parseJson(line), number);
      }
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (platform.fault(error)) throw refuse(this.folder, platform.reason(error), error);
      throw refuse(this.folder, `line ${number} of its tasks.jsonl is damaged`, error);
    }
    if (number !== this.head.tasks) {
      throw refuse(this.folder, `its tasks.jsonl has ${number} of ${this.head.tasks} tasks`);
    }
  }

  #task(value: unknown, number: number): Task {
    const task = checked(taskSchema, value), where = `line ${number} of its tasks.jsonl is damaged`;
    if (!task.data) throw refuse(this.folder, `${where}: ${task.path}: ${task.message}`);
    const { kind, input } = task.data, read = checked(kinds.get(kind).schema, input);
    if (!("data" in read)) throw refuse(this.folder, `${where}: ${read.path}: ${read.message}`);
    return { ...task.data, input: read.data };
  }

  /** Where its runs lie. */
  get out(): string {
    return `${this.folder}/runs`;
  }

  /** The place of its results. */
  results(): Results {
    return new RunResults(this.out, this.head.techniques);
  }

  /** What could not be done when it last ran. */
  async failures(): Promise<readonly Pick<Failure, "label" | "fault">[]> {
    try {
      const text = await platform.readText(`${this.folder}/failed.json`);
      return checked(failuresSchema, parseJson(text)).data ?? [];
    } catch {
      return []; // it has not run, or nothing failed
    }
  }

  /** Writes down what could not be done. */
  async writeFailures(failures: readonly Failure[]): Promise<void> {
    const path = `${this.folder}/failed.json`;
    if (failures.length) await platform.writeWhole(path, json(failures));
    else await platform.remove(path);
  }

  get #lock(): string {
    return `${this.folder}/running.lock`;
  }

  get #cancelled(): string {
    return `${this.folder}/cancel`;
  }

  /** Whether it runs, on this machine. */
  async isRunning(): Promise<boolean> {
    if (!await platform.exists(this.#lock)) return false;
    const held = new AbortController();
    try {
      await using _lock = await platform.lock(this.#lock, {
        signal: held.signal,
        onWait: () => held.abort(),
      });
      return false;
    } catch (error) {
      if (held.signal.aborted) return true;
      throw error;
    }
  }

  /** Asks whoever runs it to stop. */
  async cancel(): Promise<void> {
    await platform.writeFile(this.#cancelled, "");
  }

  /**
   * Does `work` as the only one who runs the job; its signal is aborted where the job is cancelled.
   *
   * @throws UserError where it runs already, and once it was cancelled.
   */
  async alone<R>(outer: AbortSignal, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
    if (await this.isRunning()) {
      throw new UserError(`The job "${this.folder}" runs already.`, { code: "taken" });
    }
    await using _lock = await platform.lock(this.#lock, { signal: outer });
    await platform.remove(this.#cancelled);
    const cancelled = new AbortController();
    const looking = setInterval(async () => {
      if (await platform.exists(this.#cancelled)) {
        cancelled.abort(new UserError(`The job "${this.folder}" was cancelled.`));
      }
    }, LOOK_EVERY_MS);
    try {
      return await work(AbortSignal.any([outer, cancelled.signal]));
    } finally {
      clearInterval(looking);
      await platform.remove(this.#cancelled);
    }
  }
}
