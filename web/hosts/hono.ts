/** The gallery served by Hono: the default host. */
import { Hono } from "../../deps/hono.ts";
import type { Gallery } from "../gallery.ts";
import { checkRequest, protect } from "../guard.ts";
import { renderPage } from "../render.tsx";
import { type Answer, answer, faultPage, noPage, routes } from "../routes/mod.ts";
import { liveSite } from "../site.ts";

/** An application that serves a gallery; pass its `fetch` to `Deno.serve`. */
export function honoHost(gallery: Gallery): Hono {
  const site = liveSite(gallery);
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" };
  const send = (answered: Answer) =>
    answered instanceof Response
      ? answered
      : new Response(renderPage(answered, site), { status: answered.status, headers });

  const app = new Hono();
  app.use(async (c, next) => {
    try {
      checkRequest(c.req.raw, gallery.hostname);
      await next();
    } catch (error) {
      c.res = send(faultPage(error, gallery));
    }
    c.res = protect(c.res);
  });
  for (const route of routes) {
    app.on(route.method, route.path, async (c) => send(await answer(route, c.req.raw, gallery)));
  }
  app.onError((error) => send(faultPage(error, gallery)));
  app.notFound((c) => send(noPage(c.req.raw, gallery)));
  return app;
}
