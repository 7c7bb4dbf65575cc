/** HTTP through Node's server, which Deno has too: it ends connections that say nothing, as Deno's own does not. */
import { createServer, type Server } from "node:http";
import type { Serving } from "./platform.ts";

/** How long a whole request may take, in ms: the largest that is taken, over a slow line. */
const REQUEST_MS = 600_000;
/** How often that is looked at, in ms. */
const LOOK_EVERY_MS = 1000;

export async function serve(
  handler: (request: Request) => Response | Promise<Response>,
  { hostname, port, headersMs = 15_000, signal, onListen }: Serving,
): Promise<void> {
  const { serve } = await import("../deps/hono_node_server.ts");
  await new Promise<void>((resolve, reject) => {
    const server = serve(
      {
        fetch: handler,
        hostname,
        port,
        overrideGlobalObjects: false,
        createServer,
        serverOptions: {
          headersTimeout: headersMs,
          requestTimeout: REQUEST_MS,
          connectionsCheckingInterval: LOOK_EVERY_MS,
        },
      },
      ({ address, port }) => onListen?.(address, port),
    ) as Server;
    server.on("error", reject).on("close", resolve);
    const stop = () => {
      server.close();
      server.closeAllConnections(); // a page that is open holds one for news
    };
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
