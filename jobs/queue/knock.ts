/**
 * Asks whether a queue lets a program in, before it counts. A server may refuse somebody, or a
 * certificate, when the connection stands already: NATS's client then waits for 20 s, unless it is not to
 * connect again, and Deno may throw it where only a thread of its own can catch it.
 */
import { platform } from "../../platform/mod.ts";
import type { Entrance } from "./address.ts";
import type { Refused } from "./refused.ts";

/** What a knock is answered by; nothing where the door opens. */
export interface Answer {
  readonly refused?: Refused;
}

/** Why it does not let us in; nothing where it does. */
export async function knock(entrance: Entrance): Promise<Refused | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const helper = platform.startHelper(new URL("./knocker.ts", import.meta.url), {
    hear: (answer) => resolve(answer as Answer),
    broke: (message) => resolve({ refused: { name: "Error", message } }),
  });
  helper.tell(entrance);
  const { refused } = await promise;
  helper.end();
  return refused;
}
