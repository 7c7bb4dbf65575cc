/** Sources as TypeScript's compiler and Node take them, where Deno takes them otherwise. */

/** A package with its version, as `deps/` names it: `npm:@jsquash/webp@1.5.0/decode.js`. */
const PACKAGE = /\bnpm:((?:@[\w.-]+\/)?[\w.-]+)@([\w.-]+)/g;

/** The packages that a text names, with their exact versions. */
export const packagesIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(PACKAGE)].map(([, name, version]) => [name, version]));

/** The start of a helper: the compiler does not know that it is an import. */
const HELPER = /(startHelper\(\s*new URL\(\s*"[^"]+)\.ts"/g;

/** The modules that a module starts, by their paths from the root. */
export const helpersIn = (module: string, source: string): string[] =>
  [...source.replace(/\/\*[^]*?\*\//g, "").matchAll(HELPER)].map(([found]) => {
    const [, path] = /"([^"]+\.ts)"$/.exec(found)!;
    return new URL(path, `file:///${module}`).pathname.slice(1);
  });

/**
 * A source with packages named as Node finds them.
 *
 * @param extension what imports of modules end in; `.ts` where the compiler sees to it
 */
export const forNode = (source: string, extension: ".ts" | ".js" = ".ts"): string =>
  source
    .replace(/^#!.*/, "#!/usr/bin/env node")
    // in passing, so that Deno fetches the package
    .replace(/^import ["]npm:.*" with \{ type: "json" \};$/gm, "export {};")
    // of which the version alone is read
    .replace(/deno\.json" with \{ type: "json" \}/g, '_config.ts"')
    .replace(PACKAGE, "$1")
    .replace(HELPER, '$1.js"')
    .replace(/((?:from|import)\s*\(?\s*"\.[^"]+)\.ts"/g, `$1${extension}"`);
