/** HTTP, as Deno serves it. */
import type { Serving } from "./platform.ts";

export async function serve(
  handler: (request: Request) => Response | Promise<Response>,
  { hostname, port, signal, onListen }: Serving,
): Promise<void> {
  const told = ({ hostname, port }: Deno.NetAddr) => onListen?.(hostname, port);
  try {
    await Deno.serve({ hostname, port, signal, onListen: told }, handler).finished;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw Object.assign(new Error(error.message, { cause: error }), { code: "EADDRINUSE" });
  }
}
