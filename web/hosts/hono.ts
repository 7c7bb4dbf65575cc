/** The gallery served by Hono: the default host. */
import { Hono } from "../../deps/hono.ts";
import type { Gallery } from "../gallery.ts";
import { answer, noPage, routes } from "../routes/mod.ts";
import { guarded, senderOf } from "./_guarded.ts";

/** An application that serves a gallery; pass its `fetch` to a server. */
export function honoHost(gallery: Gallery): { fetch(request: Request): Promise<Response> } {
  const send = senderOf(gallery), app = new Hono();
  for (const route of routes) {
    app.on(route.method, route.path, async (c) => send(await answer(route, c.req.raw, gallery)));
  }
  app.onError((error) => {
    throw error;
  });
  app.notFound((c) => send(noPage(c.req.raw, gallery)));
  return { fetch: guarded(gallery, async (request) => await app.fetch(request)) };
}
