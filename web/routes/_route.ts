/** What a route is. */
import type { Page } from "../components/Document.tsx";
import type { Gallery } from "../gallery.ts";
import { Refusal } from "../guard.ts";
import type { Jobs } from "../jobs.ts";

/** What a route is asked. */
export interface Asked {
  readonly request: Request;
  readonly url: URL;
  /** The named parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly gallery: Gallery;
}

export type Answer = Response | Page;

/** Answers one kind of address. */
export interface Route {
  readonly method: "GET" | "POST";
  /** `:name` stands for one part. */
  readonly path: string;
  answer(asked: Asked): Answer | Promise<Answer>;
}

/** A route that shows something. */
export const get = (path: string, answer: Route["answer"]): Route => ({
  method: "GET",
  path,
  answer,
});
/** A route that changes something; only this gallery's own pages may ask it. */
export const post = (path: string, answer: Route["answer"]): Route => ({
  method: "POST",
  path,
  answer,
});

/** What to throw where there is nothing at an address: a page that says so. */
export const missing = (what: string): Refusal => new Refusal(404, "Not found", what);

/** What to throw where an address cannot be decoded. */
export const unreadable = (): Refusal => missing("This address cannot be read.");

/** What to throw where the gallery only shows. @param what Cannot be done; the end of a sentence. */
export const readOnly = (what: string): Refusal =>
  new Refusal(403, "Read-only", `This gallery only shows runs; ${what}.`);

/** @throws Refusal where the gallery only shows. */
export function jobsOf({ jobs }: Gallery): Jobs {
  if (jobs) return jobs;
  throw readOnly("no new ones can be made here");
}

/** Sends the browser on to another page, which it asks for with GET. */
export const redirect = (path: string): Response =>
  new Response(null, { status: 303, headers: { location: path } });

/** The path that was asked for, as it was written: an URL would work out its `..` first. */
export const pathOf = (request: Request): string =>
  /^\w+:\/\/[^/?#]*([^?#]*)/.exec(request.url)?.[1] || "/";

/**
 * The named parts of a path, decoded. Hosts decode differently (Hono all, Fresh not the slash), so
 * it is done here.
 *
 * @throws Refusal where a part cannot be decoded.
 */
export function paramsOf(route: Route, path: string): Record<string, string> {
  const parts = path.split("/");
  try {
    return Object.fromEntries(
      route.path.split("/").flatMap((name, i) =>
        name.startsWith(":") ? [[name.slice(1), decodeURIComponent(parts[i])]] : []
      ),
    );
  } catch {
    throw unreadable();
  }
}
