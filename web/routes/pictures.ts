/** `/pictures`: what visitors bring, kept until it is explained. */
import { MAX_UPLOAD_BYTES, readBody } from "../_form.ts";
import { plainName } from "../_picture_name.ts";
import { get, jobsOf, missing, post } from "./_route.ts";

/** How the file's name is sent beside its bytes: percent-encoded. */
export const NAME_HEADER = "x-name";

/** What a browser may show of what was brought; the rest is mere bytes. */
const TYPES: readonly (readonly [type: string, start: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8/],
  ["image/webp", /^RIFF....WEBP/s],
  ["image/bmp", /^BM/],
];

const typeOf = (bytes: Uint8Array) => {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  return TYPES.find(([, pattern]) => pattern.test(start))?.[0] ?? "application/octet-stream";
};

function nameOf(request: Request): string {
  try {
    return plainName(decodeURIComponent(request.headers.get(NAME_HEADER) ?? ""));
  } catch {
    return "picture";
  }
}

export const pictureRoutes = [
  post("/pictures", async ({ gallery, request }) => {
    jobsOf(gallery);
    const body = await readBody(request, MAX_UPLOAD_BYTES);
    const bytes = new Uint8Array(await body.arrayBuffer()), name = nameOf(request);
    if (bytes.length === 0) {
      return Response.json({ fault: `Cannot read picture "${name}": it is empty.` }, {
        status: 422,
      });
    }
    // it is read once, by who is asked about it: reading a large one twice would keep people waiting
    return Response.json({ token: gallery.uploads.add(name, bytes).token, name });
  }),
  get("/pictures/:token", ({ gallery, params: { token } }) => {
    jobsOf(gallery);
    if (!gallery.uploads.has(token)) throw missing("This picture is not kept any more.");
    const { bytes } = gallery.uploads.get(token);
    const headers = { "content-type": typeOf(bytes), "cache-control": "private, max-age=3600" };
    return new Response(bytes, { headers });
  }),
];
