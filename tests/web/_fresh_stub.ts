/**
 * Stands for Fresh 2 where JSR cannot be reached: what the gallery's host uses of `App`, with the
 * types that Fresh publishes, and as much behaviour as its router promises.
 */

/** Fresh's `Context`, as far as a handler is given one here. */
export interface Context<State> {
  readonly url: URL;
  req: Request;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly state: State;
  error: unknown | null;
  readonly info: Deno.ServeHandlerInfo;
  next: () => Promise<Response>;
}

/** Fresh's `Middleware`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** Fresh's `MaybeLazy`. */
type MaybeLazy<T> = T | (() => Promise<T>);

interface Handler<State> {
  readonly method: "GET" | "POST";
  readonly pattern: URLPattern;
  readonly run: Middleware<State>;
}

/** Fresh's `App`. */
export class App<State> {
  readonly #handlers: Handler<State>[] = [];
  #notFound: Middleware<State> = () => new Response("Not found", { status: 404 });

  constructor(readonly config: { basePath?: string; mode?: "development" | "production" } = {}) {}

  get(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#add("GET", path, middlewares);
  }

  post(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#add("POST", path, middlewares);
  }

  notFound(middleware: Middleware<State>): this {
    this.#notFound = middleware;
    return this;
  }

  #add(
    method: Handler<State>["method"],
    pathname: string,
    [run]: MaybeLazy<Middleware<State>>[],
  ): this {
    const pattern = new URLPattern({ pathname });
    this.#handlers.push({ method, pattern, run: run as Middleware<State> });
    return this;
  }

  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    return async (req, info) => {
      const url = new URL(req.url);
      url.pathname = url.pathname.replace(/\/+/g, "/");
      decodeURIComponent(url.pathname); // it decodes what it matches, and throws where it cannot
      const found = this.#handlers.find(({ method, pattern }) =>
        method === req.method && pattern.test(url)
      );
      const context = {
        url,
        req,
        route: found?.pattern.pathname ?? null,
        params: {},
        state: {} as State,
        error: null,
        info: info!,
        next: () => Promise.resolve(new Response(null, { status: 404 })),
      };
      return await (found?.run ?? this.#notFound)(context);
    };
  }
}
