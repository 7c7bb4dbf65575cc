/** How fast bytes come. */
import { megabytes } from "./_text.ts";

/** The time over which a rate is taken: long enough to be steady, short enough to be of now. */
const WINDOW_MS = 3000;

/** Tells the rate of a download in words, each time that it comes on; nothing until there is one. */
export function rateMeter(now: () => number = () => performance.now()) {
  const seen: [at: number, bytes: number][] = [];
  return (bytes: number): string => {
    const at = now();
    seen.push([at, bytes]);
    while (seen.length > 2 && at - seen[0][0] > WINDOW_MS) seen.shift();
    const [before, had] = seen[0], ms = at - before;
    return ms < 200 ? "" : `${megabytes((bytes - had) / ms * 1000)}/s`;
  };
}
