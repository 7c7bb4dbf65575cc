/**
 * The oldest Deno and Node that the library runs on, and what is told where an older one runs it. This
 * file and `cli.ts` use nothing that an old one could not read.
 */

/** The versions, by name: of Deno the first whose WebGPU TensorFlow.js starts on. */
export const LEAST = { Deno: "2.9", Node: "22.12" } as const;

/** How to come by a newer one. */
export const UPGRADE = {
  Deno: "deno upgrade",
  Node: "see nodejs.org, or: npx node@22",
} as const;

/** What runs us, where that is one of the two. */
export interface Runtime {
  readonly name: keyof typeof LEAST;
  readonly version: string;
}

/** Both say what they are in `process.versions`; Deno names itself there beside the Node it is like. */
export function runtime(): Runtime | undefined {
  const { Deno: deno, process } = globalThis as {
    Deno?: { version?: { deno?: string } };
    process?: { versions?: { node?: string } };
  };
  if (deno && deno.version && deno.version.deno) {
    return { name: "Deno", version: deno.version.deno };
  }
  const node = process && process.versions && process.versions.node;
  return node ? { name: "Node", version: node } : undefined;
}

/** Whether a version is at least another: numbers with points between them. */
export function isAtLeast(version: string, least: string): boolean {
  const found = version.split("."), wanted = least.split(".");
  for (let i = 0; i < wanted.length; i++) {
    const difference = parseInt(found[i] || "0", 10) - parseInt(wanted[i], 10);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Why this cannot run here, in a sentence; nothing where it can. */
export function unfit(running: Runtime | undefined = runtime()): string | undefined {
  if (!running || isAtLeast(running.version, LEAST[running.name])) return undefined;
  const { name, version } = running;
  return `Phosphene needs ${name} ${LEAST[name]} or later, and this is ${name} ${version}: ` +
    `${UPGRADE[name]}.`;
}
