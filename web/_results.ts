/** Where the runs go that pages ask for. */
import { RunResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import { platform } from "../platform/mod.ts";
import { ensureWritable } from "../run/folder.ts";
import type { RunIndex } from "./run_index.ts";

/** The runs of a gallery, for one job: which are there, its index knows, whoever has made them. */
export class GalleryResults extends RunResults {
  #looked?: Promise<void>;

  constructor(readonly index: RunIndex) {
    super(index.folder, []);
  }

  override async find(task: Task): Promise<string | undefined> {
    await (this.#looked ??= this.index.refreshIfChanged());
    const path = await super.find(task) ?? this.#listed(task);
    // it may have been deleted since
    return path !== undefined && await platform.exists(path) ? path : undefined;
  }

  #listed({ key }: Task): string | undefined {
    const id = this.index.withKey(key);
    return id === undefined ? undefined : `${this.out}/${id}`;
  }

  override async begin(): Promise<string> {
    await ensureWritable(this.out); // it also clears away what galleries that were killed left
    return await super.begin();
  }
}
