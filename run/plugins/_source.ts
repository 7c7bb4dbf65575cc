/** Where a plugin's module comes from: a file, an address, npm, JSR. */
import { PluginError } from "../../core/errors.ts";
import { oddity } from "../../core/oddity.ts";
import { platform } from "../../platform/mod.ts";

/** A module as it was found. */
export interface Module {
  /** Of its text, hexadecimal; absent for a package, whose version says what it is. */
  readonly sha256?: string;
  /** What it exports by default. */
  readonly exported: unknown;
}

/** `https:`, `npm:`, `jsr:`; a drive such as `C:` has one letter. */
const ADDRESS = /^(https?|npm|jsr|data):/i;

/** Whether a plugin is named by an address or a package instead of a path. */
export const isAddress = (name: string): boolean => ADDRESS.test(name);

/** The first line of why something failed, without the stop at its end. */
const reasonOf = (error: unknown): string =>
  platform.reason(error).split("\n")[0].replace(/[.:]$/, "");

async function ofFile(file: string): Promise<{ sha256: string; href: string }> {
  const url = platform.fileUrl(file);
  if ((await platform.stat(url)).kind !== "file") throw new Error("it is not a file");
  const bytes = await platform.readFile(url);
  const odd = oddity(bytes);
  if (odd) throw new Error(`it is ${odd}, and no program`);
  return { sha256: await platform.sha256(bytes), href: url.href };
}

/** SHA-256 of what lies at an address; nothing where that may not be asked twice. */
async function hashAt(address: string): Promise<string | undefined> {
  if (!/^https?:/i.test(address)) return undefined;
  return await platform.readFile(new URL(address)).then(platform.sha256, () => undefined);
}

/**
 * Loads the module of a plugin.
 *
 * @param name A path, a `file:`, `https:`, `npm:` or `jsr:` address.
 * @throws PluginError where there is none, or it fails as it is loaded.
 */
export async function moduleOf(name: string): Promise<Module> {
  try {
    const { sha256, href } = isAddress(name)
      ? { sha256: await hashAt(name), href: name }
      : await ofFile(name);
    return { sha256, exported: (await import(href)).default };
  } catch (error) {
    throw new PluginError(name, `Cannot load the plugin "${name}": ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}
