/** News from the server, for as long as somebody looks. */

/** What is done with what is heard. */
export interface Listening {
  /** Calls by the name of the news; those without a name are called `message`. */
  readonly on: Readonly<Record<string, (data: string) => void>>;
  /** It listens again, and may have missed something meanwhile. */
  again?(): void;
  /** The server does not answer; it is asked again and again. */
  lost?(): void;
  /** The server answers, and has nothing at this address (any more). */
  gone?(): void;
}

/**
 * Listens to an address. A hidden page does not: a browser keeps six connections to a server, and
 * forgotten tabs would hold them all. It listens again once it is seen.
 *
 * @returns What ends it.
 */
export function listen(address: string, { on, again, lost, gone }: Listening): () => void {
  let source: EventSource | undefined, before = false;
  const close = () => {
    source?.close();
    source = undefined;
  };
  const open = () => {
    source = new EventSource(address);
    for (const [name, hear] of Object.entries(on)) {
      source.addEventListener(name, ({ data }) => hear(data));
    }
    source.addEventListener("open", () => {
      if (before) again?.();
      before = true;
    });
    source.addEventListener("error", () => {
      // what is closed was answered with something else than news; else it asks again by itself
      if (source?.readyState === EventSource.CLOSED) {
        stop();
        gone?.();
      } else lost?.();
    });
  };
  const look = () => {
    if (document.hidden) close();
    else if (!source) open();
  };
  const stop = () => {
    document.removeEventListener("visibilitychange", look);
    close();
  };
  document.addEventListener("visibilitychange", look);
  look();
  return stop;
}
