/** Pictures that visitors brought, kept in memory under names that cannot be guessed. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";

/** A picture's file. */
export interface Upload {
  /** What it is asked for with. */
  readonly token: string;
  /** The file's own name, without folders. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes that are kept unless it is said; then those that were asked for longest ago are forgotten. */
export const MAX_KEPT_BYTES = 200_000_000;

export class Uploads {
  /** Those asked for last at the end. */
  readonly #kept = new Map<string, Upload>();
  readonly #pinned = new Map<string, Upload>();
  #bytes = 0;

  /** @param most Bytes that are kept. */
  constructor(readonly most = MAX_KEPT_BYTES) {}

  /** Keeps a picture; the same file again keeps its name. */
  async add(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Upload> {
    const sha256 = await platform.sha256(bytes);
    for (const upload of this.#kept.values()) {
      if (upload.name === name && upload.sha256 === sha256) return this.get(upload.token);
    }
    const upload = { token: crypto.randomUUID(), name, sha256, bytes };
    this.#kept.set(upload.token, upload);
    this.#bytes += bytes.length;
    for (const [token, old] of this.#kept) {
      if (this.#bytes <= this.most || token === upload.token) break;
      this.#kept.delete(token);
      this.#bytes -= old.bytes.length;
    }
    return upload;
  }

  /** Keeps a picture for good, under its own name: a sample. */
  async pin(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#pinned.set(name, { token: name, name, sha256: await platform.sha256(bytes), bytes });
  }

  /** Whether it is (still) kept. */
  has(token: string): boolean {
    return this.#pinned.has(token) || this.#kept.has(token);
  }

  /** @throws UserError where it is not kept (any more). */
  get(token: string): Upload {
    const pinned = this.#pinned.get(token);
    if (pinned) return pinned;
    const upload = this.#kept.get(token);
    if (!upload) {
      throw new UserError(
        "This picture is not kept any more: the gallery was restarted, or others came since. " +
          "Choose it once more.",
        { code: "no-picture" },
      );
    }
    this.#kept.delete(token);
    this.#kept.set(token, upload);
    return upload;
  }
}
