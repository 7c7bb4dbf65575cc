/** How fast many tasks go, and how long the rest will take. */

/** The time over which the pace is taken: long enough for tasks that take minutes. */
const WINDOW_MS = 120_000;

const lasting = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
};

/**
 * Tells the pace in words each time that some are done: `31 a minute, 2 min left`; nothing until there
 * is one.
 *
 * @example
 * ```ts
 * const pace = paceMeter();
 * pace(0, 100); // ""
 * ```
 */
export function paceMeter(now: () => number = () => performance.now()) {
  const seen: [at: number, done: number][] = [];
  return (done: number, of: number): string => {
    const at = now();
    if (seen.at(-1)?.[1] !== done) seen.push([at, done]);
    while (seen.length > 2 && at - seen[0][0] > WINDOW_MS) seen.shift();
    const [began, before] = seen[0], minutes = (at - began) / 60_000;
    if (done === before || minutes < 1 / 60) return "";
    const rate = (done - before) / minutes;
    const left = done < of ? `, ${lasting((of - done) / rate * 60)} left` : "";
    return `${rate < 10 ? rate.toPrecision(2) : Math.round(rate)} a minute${left}`;
  };
}
