/** Thumbnails, made once and kept; and a look at uploads before they are believed. */
import { UserError } from "../core/errors.ts";
import { type Helper, platform } from "../platform/mod.ts";
import type { Manifest, RunFile } from "../run/manifest.ts";
import { coverOf, statFile } from "./_manifest.ts";
import type { PictureAnswer, PictureTask } from "./_pictures_worker.ts";

/** Longer side of a thumbnail: a card's width on a screen of two pixels a point. */
const THUMBNAIL_PIXELS = 480;
/** Pictures of so few bytes are sent as they are. */
const SMALL_BYTES = 150_000;
/** Larger files get no thumbnail. */
const MAX_BYTES = 100_000_000;
/** The hidden folder of thumbnails in the runs folder; runs' names never begin with a dot. */
const CACHE = ".thumbnails";
/** Thumbnails kept in memory where the folder cannot be written. */
const IN_MEMORY = 500;

export class Pictures {
  #helper: Helper | undefined;
  #number = 0;
  readonly #waiting = new Map<number, PromiseWithResolvers<PictureAnswer>>();
  readonly #making = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #memory = new Map<string, Uint8Array>();

  /** The cache without what programs that were killed left half written. */
  #swept: Promise<void> | undefined;

  /** @param folder The runs folder. */
  constructor(readonly folder: string) {}

  /**
   * The file that shows a run in small: its cover, or a thumbnail of it where that is large.
   *
   * @returns JPEG bytes, or the file to send as it is; nothing where there is no picture.
   */
  async thumbnail(
    id: string,
    manifest: Manifest,
  ): Promise<{ jpeg: Uint8Array } | { file: RunFile } | undefined> {
    const file = coverOf(manifest);
    const info = file && await statFile(`${this.folder}/${id}`, file);
    if (!info) return undefined;
    if (info.bytes <= SMALL_BYTES) return { file };
    if (info.bytes > MAX_BYTES) return undefined;
    const name = `${id}.${info.bytes.toString(36)}-${info.modified.getTime().toString(36)}.jpg`;
    let making = this.#making.get(name);
    if (!making) {
      making = this.#kept(name, `${this.folder}/${id}/${file.name}`)
        .finally(() => this.#making.delete(name));
      this.#making.set(name, making);
    }
    const jpeg = await making;
    return jpeg && { jpeg };
  }

  async #kept(name: string, path: string): Promise<Uint8Array | undefined> {
    const cache = `${this.folder}/${CACHE}`;
    const inMemory = this.#memory.get(name);
    if (inMemory) return inMemory;
    // a link would lead the write elsewhere
    const folder = await platform.look(cache);
    const usable = !folder || folder.kind === "folder";
    const before = usable && await platform.readFile(`${cache}/${name}`).catch(() => undefined);
    if (before) return before;
    const bytes = await platform.readFile(path);
    const { jpeg } = await this.#ask({ name, bytes, shrinkTo: THUMBNAIL_PIXELS });
    if (!jpeg) return undefined;
    try {
      if (!usable) throw new Error("it is no folder");
      await platform.makeFolder(cache);
      await (this.#swept ??= platform.sweep(cache));
      await platform.writeWhole(`${cache}/${name}`, jpeg);
    } catch {
      this.#memory.set(name, jpeg);
      if (this.#memory.size > IN_MEMORY) this.#memory.delete(this.#memory.keys().next().value!);
    }
    return jpeg;
  }

  /**
   * Reads a picture that somebody sent.
   *
   * @throws UserError where it is none, or is damaged or too large.
   */
  async check(name: string, bytes: Uint8Array): Promise<void> {
    const { fault } = await this.#ask({ name, bytes });
    if (fault) throw new UserError(fault);
  }

  #ask(task: Omit<PictureTask, "number">): Promise<PictureAnswer> {
    this.#helper ??= this.#start();
    const number = ++this.#number, answer = Promise.withResolvers<PictureAnswer>();
    this.#waiting.set(number, answer);
    this.#helper.tell({ ...task, number } satisfies PictureTask);
    return answer.promise;
  }

  #start(): Helper {
    return platform.startHelper(new URL("./_pictures_worker.ts", import.meta.url), {
      hear: (message) => {
        const answer = message as PictureAnswer;
        this.#waiting.get(answer.number)?.resolve(answer);
        this.#waiting.delete(answer.number);
      },
      broke: (message) => {
        this.#helper = undefined;
        for (const { reject } of this.#waiting.values()) reject(new Error(message));
        this.#waiting.clear();
      },
    });
  }

  /** Ends the helper. */
  close(): void {
    this.#helper?.end();
    this.#helper = undefined;
  }
}
