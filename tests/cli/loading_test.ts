/** What a command line loads: no more than its command needs. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

/** The modules that a module loads as soon as it is loaded itself. */
async function loadedBy(module: string): Promise<string[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--lock=deno.dev.lock", module],
    cwd: root,
    stderr: "null",
  }).output();
  assert(success);
  const { modules, roots, redirects } = JSON.parse(new TextDecoder().decode(stdout)) as Info;
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set(roots);
  for (const specifier of loaded) { // which grows meanwhile
    for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier) {
        loaded.add(redirects[code.specifier] ?? code.specifier);
      }
    }
  }
  return [...loaded].map((specifier) => specifier.replace(root.href, ""));
}

interface Info {
  readonly roots: readonly string[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

const HEAVY = /^(techniques|models|engine|run|image|web)\/|@tensorflow|zod/;

for (const module of ["cli/main.ts", "cli/models.ts", "cli/cache.ts", "cli/pull.ts"]) {
  Deno.test(`${module} loads neither networks nor techniques before it must`, async () => {
    const loaded = await loadedBy(module);
    assert(loaded.includes(module) && loaded.length > 1);
    assert.deepEqual(loaded.filter((specifier) => HEAVY.test(specifier)), []);
  });
}

Deno.test("what loads them is told apart", async () => {
  const loaded = await loadedBy("cli/techniques.ts");
  assert(loaded.includes("techniques/mod.ts"));
  for (const part of ["engine/", "zod"]) assert(loaded.some((name) => name.includes(part)), part);
});
