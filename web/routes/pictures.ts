/** `/pictures`: what visitors bring, kept until it is explained. */
import { UserError } from "../../core/errors.ts";
import { MAX_UPLOAD_BYTES, readWithin } from "../_body.ts";
import { FOREIGN } from "../guard.ts";
import { plainName } from "../_picture_name.ts";
import { get, jobsOf, missing, post } from "./_route.ts";

/** How the file's name is sent beside its bytes: percent-encoded. */
export const NAME_HEADER = "x-name";

/** What an address has where a picture need not be read before it is kept. */
const UNREAD = "unread";

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
  return TYPES.find(([, pattern]) => pattern.test(start))?.[0];
};

function nameOf(request: Request): string {
  try {
    return plainName(decodeURIComponent(request.headers.get(NAME_HEADER) ?? ""));
  } catch {
    return "picture";
  }
}

export const pictureRoutes = [
  post("/pictures", async ({ gallery, request, url }) => {
    jobsOf(gallery);
    const body = await readWithin(request, { most: MAX_UPLOAD_BYTES });
    const bytes = new Uint8Array(await body.arrayBuffer()), name = nameOf(request);
    try {
      if (bytes.length === 0) throw new UserError(`Cannot read picture "${name}": it is empty.`);
      // who is asked about it at once reads it then: a large one takes as long again
      if (!url.searchParams.has(UNREAD)) await gallery.pictures.check(name, bytes);
      const { token } = await gallery.uploads.add(name, bytes);
      return Response.json({ token, name });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return Response.json({ fault: error.message }, { status: 422 });
    }
  }),
  get("/pictures/:token", async ({ gallery, params: { token } }) => {
    jobsOf(gallery);
    if (!gallery.uploads.has(token)) throw missing("This picture is not kept any more.");
    const { name, bytes } = gallery.uploads.get(token), type = typeOf(bytes);
    // of other kinds a browser shows nothing
    const shown = type ? undefined : await gallery.pictures.shown(name, bytes);
    const headers = new Headers(FOREIGN);
    headers.set("cache-control", "private, max-age=3600");
    headers.set("content-type", type ?? (shown ? "image/jpeg" : "application/octet-stream"));
    if (!type && !shown) headers.set("content-disposition", 'attachment; filename="picture"');
    return new Response(new Uint8Array(shown ?? bytes), { headers });
  }),
];
