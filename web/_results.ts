/** Where the runs go that pages ask for. */
import { RunResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import { ensureWritable } from "../run/folder.ts";
import type { RunIndex } from "./run_index.ts";

/** The runs of a gallery: which are there already, its index knows, whoever made or deleted them. */
export class GalleryResults extends RunResults {
  constructor(readonly index: RunIndex) {
    super(index.folder, []);
  }

  override async find({ key }: Task): Promise<string | undefined> {
    await this.index.refreshIfChanged();
    const id = this.index.withKey(key);
    return id === undefined ? undefined : `${this.out}/${id}`;
  }

  override async begin(): Promise<string> {
    await ensureWritable(this.out); // it also clears away what galleries that were killed left
    return await super.begin();
  }
}
