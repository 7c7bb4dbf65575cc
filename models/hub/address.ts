/**
 * Files at addresses that say their hash: fetched once, then read from where they are kept. Those of
 * torchvision go where `torch.hub` keeps them, so that the user's Python finds them, and ours its.
 */
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import { DownloadError } from "../_download.ts";
import { hashInName, TORCHVISION_AT } from "../catalogue/torchvision.ts";
import { type FetchOptions, fetchWhole } from "./resume.ts";
import { cacheFolder } from "./settings.ts";

/** A file whose hash is known. */
export interface Addressed {
  readonly url: string;
  /** How its SHA-256 begins. */
  readonly sha256: string;
}

/**
 * An address with the hash that it says: `https://…#sha256=…`, or an address of torchvision's, whose
 * files are named after theirs; undefined where it says none.
 *
 * @throws UserError where what follows `#sha256=` is no SHA-256.
 */
export function addressed(address: string): Addressed | undefined {
  const [url, fragment] = address.split("#", 2), said = /^sha256=(.*)$/i.exec(fragment ?? "")?.[1];
  if (said !== undefined) {
    if (/^[0-9a-f]{64}$/i.test(said)) return { url, sha256: said.toLowerCase() };
    throw new UserError(
      `Cannot download "${address}": what follows "#sha256=" has to be 64 hexadecimal digits.`,
      { code: "bad-option", option: "weights" },
    );
  }
  const sha256 = url.startsWith(TORCHVISION_AT) ? hashInName(url) : undefined;
  return sha256 === undefined ? undefined : { url, sha256 };
}

/** The folder of `torch.hub`'s files. */
export const torchFolder = () =>
  `${platform.env("TORCH_HOME") || `${cacheFolder()}/torch`}/hub/checkpoints`;
/** The folder of files from elsewhere. */
export const weightsFolder = () => `${cacheFolder()}/phosphene/weights`;

const nameOf = (url: string) =>
  decodeURIComponent(new URL(url).pathname.split("/").at(-1)!).replace(/[^\w.-]/g, "_") || "file";

/** Where a file is kept, whether it is there or not. @throws UserError where no folder can be told. */
export function placeOf({ url, sha256 }: Addressed): { folder: string; name: string } {
  return url.startsWith(TORCHVISION_AT) ? { folder: torchFolder(), name: nameOf(url) } : {
    folder: weightsFolder(),
    name: `${sha256.slice(0, 16)}-${nameOf(url)}`,
  };
}

/**
 * The path of a file: where it was kept, or fetched.
 *
 * @throws UserError, its message a reason for the end of a sentence; the signal's reason once it is
 * aborted.
 */
export async function fileAt(wanted: Addressed, options: FetchOptions = {}): Promise<string> {
  const { folder, name } = placeOf(wanted), path = `${folder}/${name}`;
  if (await platform.exists(path)) return path;
  try {
    await platform.makeFolder(folder);
    await fetchWhole({
      path,
      partial: `${path}.incomplete`,
      lock: `${folder}/.locks/${name}.lock`,
      isThere: () => platform.exists(path),
      address: () => Promise.resolve({ url: wanted.url }),
      check: (sha256) =>
        sha256.startsWith(wanted.sha256)
          ? undefined
          : `what came has the SHA-256 ${sha256}, not ${wanted.sha256}`,
    }, options);
    return path;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof DownloadError && error.passing) {
      const kept = await platform.stat(`${path}.incomplete`).catch(() => ({ bytes: 0 }));
      const more = kept.bytes
        ? "; what has come is kept, and the next attempt goes on from it"
        : "";
      throw new UserError(`${error.message}${more}`, { code: "no-network", cause: error });
    }
    if (error instanceof UserError || !platform.fault(error)) throw error;
    throw new UserError(`"${folder}" cannot be used: ${platform.reason(error)}`, {
      code: "cannot-write",
      cause: error,
    });
  }
}
