/** Which files `--plugin` names: they are loaded before the flags are parsed, for they add some. */

/** The files that `--plugin FILE` and `--plugin=FILE` name, wherever they stand before `--`. */
export function pluginsIn(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).flatMap((arg, i) => {
    if (arg.startsWith("--plugin=")) return [arg.slice("--plugin=".length)];
    return arg === "--plugin" && args[i + 1] !== undefined ? [args[i + 1]] : [];
  });
}
