/**
 * The gallery served by Fresh 2: `deno task gallery:fresh`, where JSR can be reached. Pages, islands
 * and routes are those of every host, and so is the HTML.
 */
import { App } from "jsr:@fresh/core@^2.3.3";
import { platform } from "../../platform/mod.ts";
import type { Gallery } from "../gallery.ts";
import { answer, noPage, routes, unreadable } from "../routes/mod.ts";
import { guarded, senderOf } from "./_guarded.ts";

/** A handler that serves a gallery; pass it to a server. */
export function freshHost(gallery: Gallery): (request: Request) => Promise<Response> {
  const send = senderOf(gallery), app = new App();
  for (const route of routes) {
    const handle = async ({ req }: { req: Request }) => send(await answer(route, req, gallery));
    if (route.method === "GET") app.get(route.path, handle);
    else app.post(route.path, handle);
  }
  app.notFound(({ req }) => send(noPage(req, gallery)));
  const handler = app.handler();
  return guarded(gallery, async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      // an address that cannot be decoded gets no further than Fresh's router
      throw error instanceof URIError ? unreadable() : error;
    }
  });
}

if (import.meta.main) {
  const { builtin } = await import("../../models/builtin.ts");
  const { openGallery } = await import("../gallery.ts");
  const [folder = "runs", port = "8080"] = Deno.args;
  const gallery = await openGallery({ folder, models: builtin.models.map((id) => ({ id })) });
  const { hostname } = gallery;
  const onListen = (name: string, port: number) => console.log(`http://${name}:${port}/`);
  await platform.serve(freshHost(gallery), { hostname, port: Number(port), onListen });
}
