/**
 * The gallery served by Fresh 2: `deno task gallery:fresh`, where JSR can be reached. Pages, islands
 * and routes are those of every host, and so is the HTML.
 */
import { App } from "jsr:@fresh/core@^2.3.3";
import type { Gallery } from "../gallery.ts";
import { checkRequest, protect } from "../guard.ts";
import { renderPage } from "../render.tsx";
import { type Answer, answer, faultPage, noPage, routes } from "../routes/mod.ts";
import { liveSite } from "../site.ts";

/** A handler that serves a gallery; pass it to `Deno.serve`. */
export function freshHost(gallery: Gallery): Deno.ServeHandler {
  const site = liveSite(gallery);
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" };
  const send = (answered: Answer) =>
    answered instanceof Response
      ? answered
      : new Response(renderPage(answered, site), { status: answered.status, headers });

  const app = new App();
  for (const route of routes) {
    const handle = async ({ req }: { req: Request }) => send(await answer(route, req, gallery));
    if (route.method === "GET") app.get(route.path, handle);
    else app.post(route.path, handle);
  }
  app.notFound(({ req }) => send(noPage(req, gallery)));
  const handler = app.handler();
  return async (request, info) => {
    try {
      checkRequest(request, gallery.hostname);
      return protect(await handler(request, info));
    } catch (error) {
      // an address that cannot be decoded gets no further than Fresh's router
      const page = error instanceof URIError
        ? noPage(request, gallery)
        : faultPage(error, gallery);
      return protect(send(page));
    }
  };
}

if (import.meta.main) {
  const { builtin } = await import("../../models/builtin.ts");
  const { openGallery } = await import("../gallery.ts");
  const [folder = "runs", port = "8080"] = Deno.args;
  const gallery = await openGallery({ folder, models: builtin.models.map((id) => ({ id })) });
  Deno.serve({ hostname: gallery.hostname, port: Number(port) }, freshHost(gallery));
}
