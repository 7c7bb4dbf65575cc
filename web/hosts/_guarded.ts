/** What every host does around its router: who may ask, what goes wrong, what every answer says. */
import type { Gallery } from "../gallery.ts";
import { checkRequest, protect } from "../guard.ts";
import { renderPage } from "../render.tsx";
import { type Answer, faultPage } from "../routes/mod.ts";
import { liveSite } from "../site.ts";

/** How answers become responses in a gallery. */
export function senderOf(gallery: Gallery): (answer: Answer) => Response {
  const site = liveSite(gallery);
  return (answer) => {
    if (answer instanceof Response) return answer;
    const html = new TextEncoder().encode(renderPage(answer, site)), { status } = answer;
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "content-length": String(html.length),
      "cache-control": "no-cache",
      ...answer.headers,
    };
    return new Response(html, { status, headers });
  };
}

/** What answers HEAD: all that GET would say, and how long it would be. */
async function withoutBody(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const endless = headers.get("content-type") === "text/event-stream";
  if (endless || headers.has("content-length")) await response.body?.cancel();
  else headers.set("content-length", String((await response.arrayBuffer()).byteLength));
  return new Response(null, { status, statusText, headers });
}

/** The same question, asked with GET. */
const asGet = ({ url, headers, signal }: Request) => new Request(url, { headers, signal });

/** A handler that answers with a router what this gallery's own pages and visitors may ask. */
export function guarded(
  gallery: Gallery,
  router: (request: Request) => Response | Promise<Response>,
): (request: Request) => Promise<Response> {
  const send = senderOf(gallery);
  return async (request) => {
    const isHead = request.method === "HEAD";
    let response: Response;
    try {
      checkRequest(request, gallery.hostname);
      response = await router(isHead ? asGet(request) : request);
    } catch (error) {
      response = send(faultPage(error, gallery));
    }
    return protect(isHead ? await withoutBody(response) : response);
  };
}
