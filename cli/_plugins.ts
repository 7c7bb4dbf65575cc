/** Which plugins take part: those of `phosphene.json` and of `--plugin`. */
import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { platform } from "../platform/mod.ts";

/** The file of settings, in the folder where the command is called. */
export const SETTINGS = "phosphene.json";

/** The plugins that `--plugin NAME` and `--plugin=NAME` name, wherever they stand before `--`. */
export function pluginsIn(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).flatMap((arg, i) => {
    if (arg.startsWith("--plugin=")) return [arg.slice("--plugin=".length)];
    return arg === "--plugin" && args[i + 1] !== undefined ? [args[i + 1]] : [];
  });
}

/** The plugins that `phosphene.json` lists; none where there is no such file. */
async function listed(): Promise<readonly string[]> {
  let text: string;
  try {
    text = await platform.readText(SETTINGS);
  } catch (error) {
    // nothing there, or nothing that this program may read: then nobody has asked for plugins
    if (["missing", "forbidden"].includes(platform.fault(error) ?? "")) return [];
    throw error;
  }
  const refuse = (reason: string) =>
    new UserError(`Cannot read ${SETTINGS}: ${reason}. It holds { "plugins": ["./mine.ts"] }.`, {
      code: "bad-file",
    });
  let json: unknown;
  try {
    json = parseJson(text, 8);
  } catch (error) {
    throw refuse(`it is not JSON (${(error as Error).message.replace(/\.$/, "")})`);
  }
  const { readSettings } = await import("./_settings.ts"); // most command lines have none
  const found = readSettings(json);
  if (found.data) return found.data.plugins;
  throw refuse(`${found.path || "the whole"}: ${found.message.replace(/\.$/, "")}`);
}

/** Every plugin of a command line, each once. */
export const pluginsFor = async (args: readonly string[]): Promise<string[]> => [
  ...new Set([...await listed(), ...pluginsIn(args)]),
];
