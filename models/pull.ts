/** Brings published weights into the cache, for when there is no network. */
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import type { LoadOptions } from "../run/model.ts";
import { entryOf } from "./catalogue/mod.ts";
import { addressed, fileAt, placeOf } from "./hub/address.ts";
import { findCached } from "./hub/layout.ts";
import { fetchRepository, isKept, isRepository } from "./hub/mod.ts";
import { hubSettings } from "./hub/settings.ts";
import { fetchPublished, told } from "./_published.ts";
import { locate } from "./_locate.ts";

/** What was brought. */
export interface Pulled {
  /** `resnet50.a1_in1k`; a repository or an address as it was named. */
  readonly id: string;
  /** The file, in the cache. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Whether it came now; else it was there, and nobody was asked. */
  readonly fetched: boolean;
}

type Fetching = Pick<LoadOptions, "signal" | "onProgress" | "onNote">;

/** How to bring something, once it is known what that is. */
export interface Pull {
  readonly id: string;
  run(options: Fetching): Promise<Pulled>;
}

/**
 * What an id means for a pull: a model's id, `hf-hub:…`, or an address that says its hash.
 *
 * @throws UserError for an unknown id, and for a network that nobody has published weights of.
 */
export async function pullOf(id: string): Promise<Pull> {
  const way = await wayTo(id);
  return {
    id: way.id,
    async run(options) {
      const wasThere = await way.isThere(), path = await way.fetch(options);
      const { bytes } = await platform.stat(path);
      return { id: way.id, path, bytes, fetched: !wasThere };
    },
  };
}

interface Way {
  readonly id: string;
  isThere(): Promise<boolean>;
  fetch(options: Fetching): Promise<string>;
}

async function wayTo(id: string): Promise<Way> {
  if (/^https?:/i.test(id)) return wayToAddress(id);
  if (isRepository(id)) {
    return {
      id,
      isThere: () => isKept(id),
      fetch: async (options) => (await fetchRepository(id, options)).path,
    };
  }
  const { adapter } = await locate(id), entry = entryOf(id);
  if (!entry || !adapter.published?.includes(entry.id)) {
    throw new UserError(`There is nothing to fetch for "${id}": no weights of it are known.`, {
      code: "unknown-model",
    });
  }
  const { from } = entry;
  return {
    id: entry.id,
    isThere: async () =>
      "url" in from
        ? await isFile(from)
        : await findCached(hubSettings().cache, from) !== undefined,
    fetch: async (options) => (await told(entry, id, () => fetchPublished(entry, options))).path,
  };
}

async function isFile(from: Parameters<typeof placeOf>[0]): Promise<boolean> {
  const { folder, name } = placeOf(from);
  return await platform.exists(`${folder}/${name}`);
}

function wayToAddress(address: string): Way {
  const from = addressed(address);
  if (!from) {
    throw new UserError(
      `Cannot keep "${address}": it says no hash. Write it with #sha256=… at its end.`,
      { code: "bad-option" },
    );
  }
  return {
    id: address,
    isThere: () => isFile(from),
    async fetch(options) {
      try {
        return await fileAt(from, options);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        throw new UserError(`Cannot download "${address}": ${error.message}.`, {
          code: error.code,
          cause: error,
        });
      }
    },
  };
}
