/** Who may ask: the person at this machine, through a page of this gallery. */

/** Says no to a request, in a sentence. */
export class Refusal extends Error {
  override name = "Refusal";
  constructor(readonly status: number, readonly title: string, message: string) {
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
  let hostname = "";
  try {
    hostname = new URL(`http://${host}`).hostname;
  } catch {
    // refused below
  }
  const known = LOOPBACK.has(hostname) || hostname === bound.toLowerCase() ||
    !isLoopback(bound) && isAddress(hostname);
  if (!known) {
    throw new Refusal(
      421,
      "Not the name of this gallery",
      `This gallery does not answer to the name "${host}".`,
    );
  }
  if (request.method === "GET" || request.method === "HEAD") return;
  if (request.method !== "POST") {
    throw new Refusal(405, "Not allowed", `${request.method} is not allowed here.`);
  }
  const origin = request.headers.get("origin"), site = request.headers.get("sec-fetch-site");
  const same = site === null || site === "same-origin";
  if (!same || origin === null || !/^https?:\/\//.test(origin) || new URL(origin).host !== host) {
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

/** Gives a response the headers that every answer has. */
export function protect(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
