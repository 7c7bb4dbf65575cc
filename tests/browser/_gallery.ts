/** A gallery of a new folder in a real Chromium. */
import { leftOutWithout } from "../_support/ci.ts";
import { gallery } from "../web/_cli.ts";
import { CHROMIUM, closeAll, type Pages, withPages } from "./_chromium.ts";

const hasChromium = await Deno.stat(CHROMIUM).then(() => true, () => false);

/** What a test of a gallery is given. */
export interface InGallery extends Pages {
  readonly url: string;
  /** The runs folder. */
  readonly runs: string;
}

/**
 * Opens a gallery for a test, and takes all of it away.
 *
 * @param fill Puts runs into the folder before the gallery opens.
 */
async function inGallery<Filled extends object>(
  test: (given: InGallery & Filled) => Promise<void>,
  fill: (runs: string) => Promise<Filled>,
): Promise<void> {
  const runs = await Deno.makeTempDir(), filled = await fill(runs);
  const { child, url } = await gallery(["--runs", runs]);
  try {
    await withPages(url, (pages) => test({ ...pages, url, runs, ...filled }));
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await child.stderr.cancel();
    await Deno.remove(runs, { recursive: true });
  }
}

/** A step of a test, called as its function is. */
type Part<Given> = (given: Given) => Promise<void>;

/** Registers a test whose parts share one gallery, an empty one unless it is filled. */
export function testGallery<Filled extends object = object>(
  name: string,
  parts: readonly Part<InGallery & Filled>[],
  fill: (runs: string) => Promise<Filled> = () => Promise.resolve({} as Filled),
): void {
  Deno.test({
    name,
    ignore: leftOutWithout(hasChromium),
    sanitizeOps: false, // playwright keeps pipes of its own
    sanitizeResources: false,
    fn: (t) =>
      inGallery<Filled>(async (given) => {
        for (const part of parts) {
          await t.step(part.name, () => part(given));
          await closeAll(given);
        }
      }, fill),
  });
}
