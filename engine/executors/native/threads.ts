/** How many threads a session computes with. */

let count = navigator.hardwareConcurrency;

/** Of sessions that are made from now on. */
export const threads = (): number => count;

/** Sets it for sessions that are made from now on. */
export function setThreads(number: number): void {
  count = number;
}
