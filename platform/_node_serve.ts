/** HTTP, as Node serves it through Hono's server. */
import type { Server } from "node:http";
import type { Serving } from "./platform.ts";

export async function serve(
  handler: (request: Request) => Response | Promise<Response>,
  { hostname, port, signal, onListen }: Serving,
): Promise<void> {
  const { serve } = await import("../deps/hono_node_server.ts");
  await new Promise<void>((resolve, reject) => {
    const server = serve(
      { fetch: handler, hostname, port, overrideGlobalObjects: false },
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
