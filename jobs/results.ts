/** Where results lie: whole or absent, each once. */
import { platform } from "../platform/mod.ts";
import { ensureWritable, runKey, savedRuns, unwritable } from "../run/folder.ts";
import type { Manifest } from "../run/manifest.ts";
import { adoptRun } from "../run/save.ts";
import { explain } from "./kinds/explain.ts";
import { keyOf, type Task } from "./task.ts";

/** A place for the results of tasks of one kind. */
export interface Results {
  /** The folder that they lie in. */
  readonly out: string;
  /** Where the result of a task lies, if it is there. */
  find(task: Task): Promise<string | undefined>;
  /** An empty folder for the result of a task, to be kept or removed. */
  begin(task: Task): Promise<string>;
  /**
   * Puts a result in its place.
   *
   * @param told what was told of it
   * @returns where it lies, and what is told of it there
   */
  keep(task: Task, folder: string, told: unknown): Promise<{ path: string; told: unknown }>;
}

/** The key of the task that a run is the result of, or would be. */
export const keyOfRun = (manifest: Manifest): Promise<string> =>
  keyOf(explain.id, runKey(manifest));

/** Results that are runs, in a folder of runs, whoever has made them. */
export class RunResults implements Results {
  /** Where runs lie, by key. */
  readonly #paths = new Map<string, string>();
  #looked?: Promise<void>;

  /**
   * @param techniques Ids of those whose runs are looked for.
   * @param fresh Whether runs that are there already do not count.
   */
  constructor(
    readonly out: string,
    readonly techniques: Iterable<string>,
    readonly fresh = false,
  ) {}

  async #look(): Promise<void> {
    if (this.fresh) return;
    for (const technique of this.techniques) {
      for await (const { path, manifest } of savedRuns(this.out, technique)) {
        this.#paths.set(await keyOfRun(manifest), path);
      }
    }
  }

  async find({ key }: Task): Promise<string | undefined> {
    await (this.#looked ??= this.#look());
    return this.#paths.get(key);
  }

  begin(): Promise<string> {
    return begin(this.out);
  }

  async keep({ key }: Task, folder: string, told: unknown) {
    const { path, manifest } = await adoptRun(folder, told as Manifest, this.out);
    this.#paths.set(key, path);
    return { path, told: manifest };
  }
}

/** The file beside a result that holds what is told of it. */
const TOLD = "told.json";

/** Results by their keys, in a folder of their own: what is told of each lies beside its files. */
export class KeyResults implements Results {
  constructor(readonly out: string) {}

  /** Where the result of a task lies, or will lie. */
  pathOf({ key }: Pick<Task, "key">): string {
    return `${this.out}/${key}`;
  }

  async find(task: Task): Promise<string | undefined> {
    const path = this.pathOf(task);
    return await platform.exists(`${path}/${TOLD}`) ? path : undefined;
  }

  begin(): Promise<string> {
    return begin(this.out);
  }

  async keep(task: Task, folder: string, told: unknown): Promise<{ path: string; told: unknown }> {
    const path = this.pathOf(task);
    try {
      await platform.writeFile(`${folder}/${TOLD}`, JSON.stringify(told));
      await platform.rename(folder, path, { replace: false });
    } catch (error) {
      // somebody else has done the same meanwhile: it is the same
      if (platform.fault(error) !== "exists") {
        throw platform.fault(error) ? unwritable(this.out, error) : error;
      }
      await platform.remove(folder);
    }
    return { path, told };
  }

  /** What was told of a result that is there. @throws as `platform.fault` tells. */
  async told(task: Pick<Task, "key">): Promise<unknown> {
    return JSON.parse(await platform.readText(`${this.pathOf(task)}/${TOLD}`));
  }
}

async function begin(out: string): Promise<string> {
  try {
    return await platform.makeTemporaryFolder(out);
  } catch (error) {
    if (platform.fault(error) !== "missing") throw unwritable(out, error);
    await ensureWritable(out);
    return await platform.makeTemporaryFolder(out);
  }
}
