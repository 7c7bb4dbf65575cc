/** Files through the queue's store, by their SHA-256. */
import type { ObjectStore } from "../../deps/nats.ts";
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";

/** Bytes that are read from a file at a time. */
const PIECE = 2 ** 20;

/** Reads a file of any size in pieces. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await using file = await platform.openFile(path);
  for (let at = 0; at < file.bytes; at += PIECE) yield await file.read(at, PIECE);
}

async function hashOf(path: string): Promise<string> {
  const hash = platform.startSha256();
  for await (const piece of piecesOf(path)) hash.update(piece);
  return hash.hex();
}

/** Puts files into the store: each once, whoever asks for it. */
export class Sender {
  readonly #sent = new Map<string, Promise<string>>();

  constructor(readonly store: ObjectStore) {}

  /** Sends a file, if the store has not got it; its SHA-256. */
  send(path: string): Promise<string> {
    let sent = this.#sent.get(path);
    if (!sent) {
      this.#sent.set(path, sent = this.#send(path));
      sent.catch(() => this.#sent.delete(path));
    }
    return sent;
  }

  async #send(path: string): Promise<string> {
    const sha256 = await hashOf(path), name = sha256;
    const there = await this.store.info(name);
    if (!there || there.deleted) {
      await this.store.put({ name }, ReadableStream.from(piecesOf(path)));
    }
    return sha256;
  }
}

/** Most bytes of fetched files that are kept at hand. */
const MOST_KEPT = 4e9;

interface Fetched {
  readonly path: Promise<string>;
  bytes: number;
  uses: number;
}

/** Files that were fetched from the store, in a folder of their own; the oldest go where there are many. */
export class Receiver {
  readonly #files = new Map<string, Fetched>();

  constructor(readonly store: ObjectStore, readonly folder: string) {}

  /**
   * Where a file lies here, until {@link release}.
   *
   * @param like the path that it had: what its name ends in says what it is
   * @throws UserError where the store has not got it, or another file instead.
   */
  async take(sha256: string, like: string): Promise<string> {
    let file = this.#files.get(sha256);
    if (!file) {
      file = { bytes: 0, uses: 0, path: this.#fetch(sha256, like) };
      this.#files.set(sha256, file);
      file.path.catch(() => this.#files.delete(sha256));
    }
    file.uses++;
    const path = await file.path;
    file.bytes ||= (await platform.stat(path)).bytes;
    return path;
  }

  async #fetch(sha256: string, like: string): Promise<string> {
    const missing = (reason: string) =>
      new UserError(`Cannot fetch "${like}" from the queue: ${reason}.`, { code: "no-file" });
    const found = await this.store.get(sha256);
    if (!found) throw missing("it is not there (any more)");
    const name = like.split(/[\\/]/).at(-1)!.replace(/[^\w.-]/g, "_");
    const path = `${this.folder}/${sha256.slice(0, 16)}-${name}`;
    const hash = platform.startSha256();
    await platform.writeWhole(path, async (partial) => {
      await using file = await platform.openAppend(partial);
      for await (const piece of found.data) {
        hash.update(piece);
        await file.write(piece);
      }
      const error = await found.error;
      if (error) throw error;
      if (hash.hex() !== sha256) throw missing("it is another file than was sent");
    });
    return path;
  }

  /** Lets go of a file. */
  async release(sha256: string): Promise<void> {
    const file = this.#files.get(sha256);
    if (!file) return;
    file.uses--;
    // the one used last is the last to go
    this.#files.delete(sha256);
    this.#files.set(sha256, file);
    let kept = [...this.#files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, { bytes, uses, path }] of [...this.#files]) {
      if (kept <= MOST_KEPT) break;
      if (uses > 0) continue;
      this.#files.delete(key);
      kept -= bytes;
      await platform.remove(await path);
    }
  }
}

/** Whether a text is the path of something that can be read here: of anything but a folder. */
export const isReadable = async (text: string): Promise<boolean> =>
  await platform.exists(text) && (await platform.stat(text)).kind !== "folder";
