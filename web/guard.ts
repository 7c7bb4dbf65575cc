/** Who may ask: the person at this machine, through a page of this gallery. */

/** Says no to a request, in a sentence. */
export class Refusal extends Error {
  override name = "Refusal";
  constructor(
    readonly status: number,
    readonly title: string,
    message: string,
    /** What the answer says besides. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether only this machine can reach a server bound to that name. */
export const isLoopback = (hostname: string): boolean =>
  LOOPBACK.has(hostname) || hostname === "::1" || /^127(\.\d+){3}$/.test(hostname);

const isAddress = (hostname: string) =>
  /^\d+(\.\d+){3}$/.test(hostname) || /^\[[\da-f:.]+\]$/i.test(hostname);

/**
 * Refuses what no page of ours would ask.
 *
 * A foreign `Host` is how a web site reaches servers of its visitor's machine under the site's own
 * name (DNS rebinding); one needs a domain for that, so addresses are harmless. What changes
 * something must come from a page of the same origin.
 *
 * @param bound The name or address that the server is bound to.
 * @throws Refusal with the status and the reason.
 */
export function checkRequest(request: Request, bound: string): void {
  const url = new URL(request.url);
  const host = request.headers.get("host") ?? url.host;
  // what cannot be read is refused below
  const { hostname = "", origin: own } = URL.parse(`http://${host}`) ?? {};
  const known = LOOPBACK.has(hostname) || hostname === bound.toLowerCase() ||
    !isLoopback(bound) && isAddress(hostname);
  if (!known) {
    throw new Refusal(
      421,
      "Not the name of this gallery",
      `This gallery does not answer to the name "${host}". Open it by its address in numbers, or ` +
        "start it with that name as its host.",
    );
  }
  if (request.method === "GET" || request.method === "HEAD") return;
  if (request.method !== "POST") {
    throw new Refusal(405, "Not allowed", `${request.method} is not allowed here.`);
  }
  const origin = request.headers.get("origin"), site = request.headers.get("sec-fetch-site");
  const same = site === null || site === "same-origin";
  // it is spoken to by http alone: a page that came by https is another site's
  if (!same || origin === null || origin !== own) {
    throw new Refusal(
      403,
      "Sent from another site",
      "Only the forms on this gallery's own pages can start anything here.",
    );
  }
}

const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // "no-referrer" would make browsers send forms with the origin "null"
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Of an answer that is somebody else's file: what it says is shown, never carried out. */
export const FOREIGN = { "content-security-policy": "sandbox; default-src 'none'" };

/** Gives a response the headers that every answer has, where it has none that are stricter. */
export function protect(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
