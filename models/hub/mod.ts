/** Any network of timm's that lies on the hub: `hf-hub:ORGANIZATION/NAME`, as timm writes it. */
import { UserError } from "../../core/errors.ts";
import { platform } from "../../platform/mod.ts";
import type { LoadOptions, ModelAdapter } from "../../run/model.ts";
import { models } from "../../run/models.ts";
import { sizeAfter } from "../../run/preprocess.ts";
import { type HubConfig, readConfig } from "./config.ts";
import { isMissingFile } from "./errors.ts";
import { hubFile } from "./files.ts";
import { type Cached, findCached } from "./layout.ts";
import { hubSettings } from "./settings.ts";

const PREFIX = /^hf[-_]hub:/i;
/** The files that weights may be in, the better first. */
const WEIGHTS = ["model.safetensors", "pytorch_model.bin"];

/** A repository, at a branch, a tag or a commit. */
interface Repository {
  readonly repo: string;
  readonly revision?: string;
}

function repositoryOf(id: string): Repository {
  const [repo, revision] = id.replace(PREFIX, "").split("@", 2);
  return { repo, revision };
}

/** Puts what went wrong into a sentence. */
async function inWords<T>(id: string, get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Cannot load "${id}": ${error.message.replace(/\.$/, "")}.`, {
      code: error.code,
      option: "model",
      cause: error,
    });
  }
}

type Fetching = Pick<LoadOptions, "signal" | "onProgress" | "onNote">;

async function configOf(repository: Repository, { signal }: Fetching): Promise<HubConfig> {
  const { path } = await hubFile({ ...repository, file: "config.json" }, { signal });
  return readConfig(await platform.readText(path, { signal }));
}

/** The family that an architecture is of. */
function familyOf({ architecture }: HubConfig): ModelAdapter {
  const family = [...models].find((adapter) => adapter.models.includes(architecture));
  if (family) return family;
  throw new UserError(`it is of the architecture "${architecture}", which is not known here`, {
    code: "unsupported",
  });
}

/** A repository's weights, where they are in the cache. */
async function keptOf(repository: Repository): Promise<Cached | undefined> {
  const { cache } = hubSettings();
  for (const file of WEIGHTS) {
    const found = await findCached(cache, { ...repository, file });
    if (found) return found;
  }
}

async function weightsOf(repository: Repository, options: Fetching): Promise<Cached> {
  const kept = await keptOf(repository);
  if (kept) return kept;
  for (const file of WEIGHTS) {
    try {
      return await hubFile({ ...repository, file }, options);
    } catch (error) {
      if (!isMissingFile(error)) throw error;
    }
  }
  throw new UserError(`the repository has none of ${WEIGHTS.join(", ")}`, { code: "no-file" });
}

/** Brings a repository's files into the cache; the path of its weights. */
export const fetchRepository = (id: string, options: Fetching): Promise<Cached> =>
  inWords(id, async () => {
    const repository = repositoryOf(id);
    familyOf(await configOf(repository, options));
    return await weightsOf(repository, options);
  });

/** Whether a repository's weights are in the cache. */
export const isKept = async (id: string): Promise<boolean> =>
  await keptOf(repositoryOf(id)) !== undefined;

/** Whether an id names a repository of the hub. */
export const isRepository = (id: string): boolean => PREFIX.test(id);

export const hub: ModelAdapter = {
  id: "hub",
  title: "Repository of the hub",
  licence: "each repository's own",
  source: "https://huggingface.co/models?library=timm",
  models: [],
  takes: "`hf-hub:ORGANIZATION/NAME`: a network that timm saved, of an architecture above",
  accepts: isRepository,
  architecture: (id) =>
    inWords(id, async () => {
      const config = await configOf(repositoryOf(id), {});
      const { graph } = await familyOf(config).architecture(config.architecture);
      return { graph, preprocess: config.preprocess, inputSize: sizeAfter(config.preprocess) };
    }),
  load: (id, options) =>
    inWords(id, async () => {
      const repository = repositoryOf(id), config = await configOf(repository, options);
      const family = familyOf(config);
      if (options.weights !== undefined) {
        throw new UserError("it brings its own weights: leave out `weights`", {
          code: "bad-option",
        });
      }
      for (const what of config.unread) {
        options.onNote?.(`The config.json of ${repository.repo} says ${what}; that is not read.`);
      }
      const { path, commit } = await weightsOf(repository, options);
      const said = Object.fromEntries(
        Object.entries(options.preprocess ?? {}).filter(([, value]) => value !== undefined),
      );
      const model = await family.load(config.architecture, {
        ...options,
        weights: path,
        labels: options.labels ?? config.labels,
        preprocess: { ...config.preprocess, ...said },
      });
      const source = `hf-hub:${repository.repo}@${commit}`;
      return { ...model, id: source, weights: { ...model.weights, source } };
    }),
};
