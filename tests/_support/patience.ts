/** Waiting for what must come: as long as a busy machine needs, and no test hangs forever. */

/** How long anything may take, in ms. Only what hangs takes it: it says nothing about speed. */
export const PATIENCE_MS = 600_000;

/** Waits for a promise; fails where it hangs. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hanging = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: still waiting`)), PATIENCE_MS);
  });
  return await Promise.race([promise, hanging]).finally(() => clearTimeout(timer));
}
