/** Downloads against servers that stall, lie about lengths, send too much or hang up. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { download, type DownloadOptions } from "../../models/_download.ts";
import { loadWeights } from "../../models/weights/mod.ts";
import { tfjs } from "../../models/keras/mod.ts";

/** A server that answers each connection with raw text, then does what it is told with it. */
async function answering(
  head: string,
  then: (connection: Deno.Conn) => unknown,
  test: (url: string) => Promise<unknown>,
) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const open: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(head));
      await then(connection);
    }
  })().catch(() => {}); // the listener or the other end was closed
  try {
    await test(`http://127.0.0.1:${port}/file`);
  } finally {
    for (const connection of open) {
      try {
        connection.close();
      } catch { /* it is */ }
    }
    listener.close();
    await serving;
  }
}

async function all(url: string, options: DownloadOptions = {}) {
  let bytes = 0, total: number | undefined;
  for await (const piece of download(url, options)) {
    bytes += piece.chunk.length;
    total = piece.total;
  }
  return { bytes, total };
}

const refused = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(error.message, message);
  assert.ok(!error.message.includes("\n"));
  return true;
};
const OK = "HTTP/1.1 200 OK\r\n";
const hangUp = (connection: Deno.Conn) => connection.close();
const wait = () => {};

Deno.test("a whole file comes, with its length where one is told", async () => {
  await answering(`${OK}Content-Length: 10\r\n\r\n0123456789`, hangUp, async (url) => {
    assert.deepEqual(await all(url), { bytes: 10, total: 10 });
    assert.deepEqual(await all(url, { limit: 10 }), { bytes: 10, total: 10 });
  });
  await answering(`${OK}Connection: close\r\n\r\n0123456789`, hangUp, async (url) => {
    assert.deepEqual(await all(url), { bytes: 10, total: undefined });
  });
});

Deno.test("a server that sends nothing, or no more, is given up on", async () => {
  const patience = 50;
  for (const head of ["", OK, `${OK}Content-Length: 10\r\n\r\n`]) {
    await answering(
      head,
      wait,
      (url) =>
        assert.rejects(
          all(url, { patience }),
          refused(/next to nothing for 0\.05 seconds; try again/),
        ),
    );
  }
  await answering(
    `${OK}Content-Length: 10\r\n\r\n0123`,
    wait,
    (url) =>
      assert.rejects(all(url, { patience }), refused(/seconds \(it broke off after 4 bytes\)/)),
  );
});

Deno.test("what trickles in is no progress", async () => {
  const trickle = async (connection: Deno.Conn) => {
    for (;;) {
      await connection.write(new Uint8Array(1));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await answering(
    `${OK}Content-Length: 100000000\r\n\r\n`,
    trickle,
    (url) => assert.rejects(all(url, { patience: 100 }), refused(/next to nothing/)),
  );
});

Deno.test("what is too large is refused by its length, or when it has become so", async () => {
  const limit = 1000, more = (connection: Deno.Conn) => connection.write(new Uint8Array(2000));
  await answering(
    `${OK}Content-Length: 1001\r\n\r\n`,
    wait,
    (url) =>
      assert.rejects(
        all(url, { limit }),
        refused(/it has 1001 bytes, at most 1000 are downloaded/),
      ),
  );
  await answering(
    `${OK}Content-Length: 99999999999999999999\r\n\r\n`,
    wait,
    (url) => assert.rejects(all(url, { limit }), UserError),
  );
  await answering(
    `${OK}Connection: close\r\n\r\n`,
    more,
    (url) => assert.rejects(all(url, { limit }), refused(/it has more than 1000 bytes/)),
  );
});

Deno.test("what is packed counts as it is unpacked", async () => {
  const zeros = new Blob([new Uint8Array(1e6)]).stream();
  const body = await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).bytes();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(body, { headers: { "content-encoding": "gzip" } }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  assert.deepEqual(await all(url), { bytes: 1e6, total: undefined });
  await assert.rejects(all(url, { limit: 999_999 }), refused(/more than 999999 bytes/));
});

Deno.test("a server that hangs up early is told", async () => {
  await answering(
    `${OK}Content-Length: 10\r\n\r\n0123`,
    hangUp,
    (url) => assert.rejects(all(url), refused(/\(it broke off after 4 bytes\)/)),
  );
  await answering("", hangUp, (url) => assert.rejects(all(url), refused(/./)));
});

Deno.test("redirects are followed, but not in circles; an abort keeps its reason", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/circle") return Response.redirect(request.url);
    if (pathname === "/moved") return Response.redirect(new URL("/file", request.url));
    return new Response("0123456789");
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  assert.equal((await all(`${base}/moved`)).bytes, 10);
  await assert.rejects(all(`${base}/circle`), refused(/./));
  const reason = new Error("enough");
  await assert.rejects(all(base, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("weights and models say in one line what they could not have", async () => {
  await answering(`${OK}Content-Length: 9999999999\r\n\r\n`, wait, async (url) => {
    await assert.rejects(
      loadWeights(url),
      refused(/^Cannot download "http.*": it has 9999999999 bytes, at most 4294967296 are/),
    );
    await assert.rejects(
      tfjs.load(`${url}.json`, {}),
      refused(/^Cannot load "http.*": it has 9999999999 bytes, at most 8388608 are downloaded\.$/),
    );
  });
});
