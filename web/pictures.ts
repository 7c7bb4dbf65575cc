/** Thumbnails, made once and kept; and a look at uploads before they are believed. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import type { Manifest, RunFile } from "../run/manifest.ts";
import { coverOf, statFile } from "./_manifest.ts";
import { PictureQueue } from "./_picture_queue.ts";

/** Longer side of a thumbnail: a card's width on a screen of two pixels a point. */
const THUMBNAIL_PIXELS = 480;
/** Longer side of what is shown for a picture that browsers cannot show. */
const SHOWN_PIXELS = 1200;
/** How many thumbnails are made at once. */
const THUMBNAILS_AT_ONCE = 2;
/** Pictures of so few bytes are sent as they are. */
const SMALL_BYTES = 150_000;
/** Larger files get no thumbnail. */
const MAX_BYTES = 100_000_000;
/** The hidden folder of thumbnails in the runs folder; runs' names never begin with a dot. */
const CACHE = ".thumbnails";
/** Thumbnails kept in memory where the folder cannot be written. */
const IN_MEMORY = 500;

/** A thumbnail that is being made, for as long as somebody wants it. */
interface Making {
  readonly jpeg: Promise<Uint8Array | undefined>;
  readonly gaveUp: AbortController;
  wanted: number;
}

export class Pictures {
  readonly #thumbnails = new PictureQueue(THUMBNAILS_AT_ONCE);
  /** Of its own: nobody who sends a picture waits for a page of large ones. */
  readonly #checks = new PictureQueue();
  readonly #making = new Map<string, Making>();
  readonly #memory = new Map<string, Uint8Array>();

  /** The cache without what programs that were killed left half written. */
  #swept: Promise<void> | undefined;

  /** @param folder The runs folder. */
  constructor(readonly folder: string) {}

  /**
   * The file that shows a run in small: its cover, or a thumbnail of it where that is large.
   *
   * @param signal Of who asks: what nobody wants any more is not made.
   * @returns JPEG bytes, or the file to send as it is; nothing where there is no picture.
   */
  async thumbnail(
    id: string,
    manifest: Manifest,
    signal?: AbortSignal,
  ): Promise<{ jpeg: Uint8Array } | { file: RunFile } | undefined> {
    const file = coverOf(manifest);
    const info = file && await statFile(`${this.folder}/${id}`, file);
    if (!info) return undefined;
    if (info.bytes <= SMALL_BYTES) return { file };
    if (info.bytes > MAX_BYTES) return undefined;
    const name = `${id}.${info.bytes.toString(36)}-${info.modified.getTime().toString(36)}.jpg`;
    const jpeg = await this.#shared(name, `${this.folder}/${id}/${file.name}`, signal);
    return jpeg && { jpeg };
  }

  /** A thumbnail, made once for all who want it now; given up when none does. */
  #shared(name: string, path: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    let making = this.#making.get(name);
    if (!making) {
      const gaveUp = new AbortController();
      const jpeg = this.#kept(name, path, gaveUp.signal).catch((error) => {
        if (!gaveUp.signal.aborted) throw error;
        return undefined;
      }).finally(() => {
        if (this.#making.get(name) === made) this.#making.delete(name);
      });
      const made: Making = making = { jpeg, gaveUp, wanted: 0 };
      this.#making.set(name, making);
    }
    const { gaveUp, jpeg } = making, wanted = making;
    wanted.wanted++;
    signal?.addEventListener("abort", () => {
      if (--wanted.wanted > 0) return;
      gaveUp.abort();
      if (this.#making.get(name) === wanted) this.#making.delete(name);
    }, { once: true });
    return jpeg;
  }

  async #kept(
    name: string,
    path: string,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const cache = `${this.folder}/${CACHE}`;
    const inMemory = this.#memory.get(name);
    if (inMemory) return inMemory;
    // a link would lead the write elsewhere
    const folder = await platform.look(cache);
    const usable = !folder || folder.kind === "folder";
    const before = usable && await platform.readFile(`${cache}/${name}`).catch(() => undefined);
    if (before) return before;
    const task = { name, file: path, shrinkTo: THUMBNAIL_PIXELS };
    const { jpeg } = await this.#thumbnails.ask(task, signal);
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
    const { fault } = await this.#checks.ask({ name, file: bytes });
    if (fault) throw new UserError(fault);
  }

  /**
   * What somebody sent, as any browser shows it: large enough to be looked at.
   *
   * @returns JPEG bytes; nothing where it is no picture, or is damaged or too large.
   */
  async shown(name: string, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.#checks.ask({ name, file: bytes, shrinkTo: SHOWN_PIXELS })).jpeg;
  }

  /** Ends what reads pictures. */
  close(): void {
    this.#thumbnails.close();
    this.#checks.close();
  }
}
