/** Files of the hub, in the layout that Python's `huggingface_hub` reads and writes. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import { UserError } from "../../../core/errors.ts";
import { hubFile, type HubOptions } from "../../../models/hub/files.ts";
import { hubSettings } from "../../../models/hub/settings.ts";
import { bytesOf, COMMIT, cut, type Hub, part, sha256, startHub } from "./_hub.ts";

const REPO = "timm/net.a1_in1k", FILE = "model.safetensors", KEY = `${REPO}/${FILE}`;
const wanted = { repo: REPO, file: FILE };
const FOLDER = "models--timm--net.a1_in1k";

/** A hub with one large file. */
async function withFile(length = 100_000) {
  const hub = await startHub(), bytes = bytesOf(length);
  hub.large.set(KEY, bytes);
  return { hub, bytes, etag: sha256(bytes) };
}

const get = (hub: Hub, options: HubOptions = {}) =>
  hubFile(wanted, { settings: hub.settings, pause: 1, ...options });

const refused = (message: RegExp, code?: string) => (error: unknown) => {
  assert.ok(error instanceof UserError, `${error} ${(error as Error).stack}`);
  assert.match(error.message, message);
  if (code) assert.equal(error.code, code);
  return true;
};

/** What the whole download leaves. */
const layout = (etag: string) => [
  `.locks/${FOLDER}/${etag}.lock`,
  "CACHEDIR.TAG",
  `${FOLDER}/blobs/${etag}`,
  `${FOLDER}/refs/main`,
  `${FOLDER}/snapshots/${COMMIT}/${FILE} → ../../blobs/${etag}`,
];

Deno.test("a file comes by way of a redirect, is checked, and lies as Python lays it", async () => {
  const { hub, bytes, etag } = await withFile();
  await using _ = hub;
  const settings = { ...hub.settings, token: () => Promise.resolve("hf_secret") };
  const told: [number, number?][] = [];
  const found = await get(hub, { settings, onProgress: (n, all) => told.push([n, all]) });
  assert.deepEqual(found, {
    path: `${hub.cache}/${FOLDER}/snapshots/${COMMIT}/${FILE}`,
    commit: COMMIT,
    sha256: etag,
  });
  assert.deepEqual(await Deno.readFile(found.path), bytes);
  assert.deepEqual(hub.names(), layout(etag));
  assert.equal(await Deno.readTextFile(`${hub.cache}/${FOLDER}/refs/main`), COMMIT);
  assert.deepEqual(told.at(-1), [bytes.length, bytes.length]);
  assert.deepEqual(
    hub.asked.map(({ method, server, token }) => [method, server, token]),
    [["HEAD", "hub", "Bearer hf_secret"], ["GET", "cdn", undefined]],
  );
});

Deno.test("a small text has git's hash, and needs no other server", async () => {
  await using hub = await startHub();
  hub.small.set(`${REPO}/config.json`, `{"architecture": "net"}`);
  const found = await hubFile({ repo: REPO, file: "config.json" }, { settings: hub.settings });
  assert.equal(await Deno.readTextFile(found.path), `{"architecture": "net"}`);
  assert.equal(found.sha256, undefined);
  const text = new TextEncoder().encode(`blob 23\0{"architecture": "net"}`);
  const etag = createHash("sha1").update(text).digest("hex"); // as `git hash-object` says
  assert.ok(hub.names().includes(`${FOLDER}/blobs/${etag}`));
  hub.answer = ({ method }) =>
    method === "GET" ? new Response(`{"architecture": "bad"}`) : undefined;
  await Deno.remove(hub.cache, { recursive: true });
  await assert.rejects(
    hubFile({ repo: REPO, file: "config.json" }, { settings: hub.settings }),
    refused(/^what came has the hash .*, twice: something on the way changes it/, "bad-file"),
  );
});

Deno.test("what is in the cache is asked of nobody, also where nothing may be asked", async () => {
  const { hub } = await withFile();
  await using _ = hub;
  await get(hub);
  hub.asked.length = 0;
  const offline = { ...hub.settings, offline: true };
  assert.deepEqual(await get(hub), await get(hub, { settings: offline }));
  assert.deepEqual(hub.asked, []);
  await Deno.remove(hub.cache, { recursive: true });
  await assert.rejects(
    get(hub, { settings: offline }),
    refused(/^HF_HUB_OFFLINE is set, so the hub is not asked/, "no-network"),
  );
  assert.deepEqual(hub.asked, []);
});

Deno.test("a broken download goes on where it was, with the hash of the whole", async () => {
  const { hub, bytes, etag } = await withFile();
  await using _ = hub;
  hub.answer = ({ server, range }) => server === "cdn" ? cut(bytes, 30_000, range) : undefined;
  const found = await get(hub);
  assert.equal(found.sha256, etag);
  assert.deepEqual(await Deno.readFile(found.path), bytes);
  assert.deepEqual(hub.names(), layout(etag));
  const ranges = hub.asked.filter(({ server }) => server === "cdn").map(({ range }) => range);
  assert.deepEqual(ranges, [undefined, "bytes=30000-", "bytes=60000-", "bytes=90000-"]);
});

Deno.test("what an earlier try left is gone on with, a longer or wrong one is begun anew", async () => {
  for (
    const [left, ranges] of [
      [(bytes: Uint8Array) => bytes.subarray(0, 40_000), ["bytes=40000-"]],
      [(bytes: Uint8Array) => bytes, []],
      [(bytes: Uint8Array) => new Uint8Array(bytes.length + 1), [undefined]],
      [() => new Uint8Array(40_000), ["bytes=40000-", undefined]],
    ] as const
  ) {
    const { hub, bytes, etag } = await withFile();
    await using _ = hub;
    const blobs = `${hub.cache}/${FOLDER}/blobs`;
    await Deno.mkdir(blobs, { recursive: true });
    await Deno.writeFile(`${blobs}/${etag}.incomplete`, left(bytes));
    const found = await get(hub);
    assert.deepEqual(await Deno.readFile(found.path), bytes);
    assert.deepEqual(hub.names(), layout(etag));
    assert.deepEqual(
      hub.asked.filter(({ server }) => server === "cdn").map(({ range }) => range),
      ranges,
    );
  }
});

Deno.test("a server without ranges sends all of it again", async () => {
  const { hub, bytes } = await withFile();
  await using _ = hub;
  let times = 0;
  hub.answer = ({ server }) =>
    server !== "cdn" ? undefined : times++ ? part(bytes, undefined) : cut(bytes, 30_000);
  assert.deepEqual(await Deno.readFile((await get(hub)).path), bytes);
});

Deno.test("a wrong byte is noticed: once it is fetched again, twice it is refused", async () => {
  const { hub, bytes, etag } = await withFile();
  await using _ = hub;
  const wrong = bytes.with(70_000, bytes[70_000] ^ 1);
  let times = 0;
  hub.answer = ({ server }) => server === "cdn" && !times++ ? part(wrong, undefined) : undefined;
  assert.deepEqual(await Deno.readFile((await get(hub)).path), bytes);
  await Deno.remove(hub.cache, { recursive: true });
  hub.answer = ({ server, range }) => server === "cdn" ? part(wrong, range) : undefined;
  await assert.rejects(
    get(hub),
    refused(
      new RegExp(
        `^what came has the hash ${sha256(wrong).slice(0, 12)}…, not ${etag.slice(0, 12)}`,
      ),
      "bad-file",
    ),
  );
  assert.deepEqual(
    hub.names().filter((name) => name.includes("blobs")),
    [`${FOLDER}/blobs/${etag}.incomplete`],
  );
  assert.equal((await Deno.stat(`${hub.cache}/${FOLDER}/blobs/${etag}.incomplete`)).size, 0);
});

Deno.test("refusals say what to do", async () => {
  const { hub } = await withFile();
  await using _ = hub;
  const token = { ...hub.settings, token: () => Promise.resolve("hf_secret") };
  const page = `${hub.endpoint}/${REPO}`.replaceAll(".", "\\.");
  for (
    const [status, headers, settings, message] of [
      [
        401,
        { "x-error-code": "GatedRepo" },
        hub.settings,
        `^it is gated: accept its terms at ${page}, then set HF_TOKEN`,
      ],
      [
        403,
        {},
        token,
        `^it is gated: the account of the token in HF_TOKEN has to accept its terms at ${page}$`,
      ],
      [
        401,
        { "x-error-code": "RepoNotFound" },
        hub.settings,
        `^there is no such repository, or it is private \\(401\\): see ${page}; .*HF_TOKEN`,
      ],
      [401, {}, token, `the token in HF_TOKEN does not open it \\(401\\)`],
      [404, {}, hub.settings, `^there is no such repository, or it is private \\(404\\)`],
      [
        404,
        { "x-error-code": "EntryNotFound" },
        hub.settings,
        `^the repository has no file "${FILE}"$`,
      ],
      [404, { "x-error-code": "RevisionNotFound" }, hub.settings, `^the repository has no "main"$`],
      [
        429,
        { "retry-after": "3000" },
        hub.settings,
        `^the hub asks for patience \\(429, too many requests\\): try again in 3000 seconds, or set HF_TOKEN`,
      ],
      [429, {}, token, `try again in some minutes$`],
      [503, {}, token, `^the hub answered 503; try again later$`],
    ] as const
  ) {
    hub.asked.length = 0;
    hub.answer = () => new Response(null, { status, headers: { ...headers } });
    await assert.rejects(get(hub, { settings }), refused(new RegExp(message)));
    const isPatient = status >= 429 && !("retry-after" in headers);
    assert.equal(hub.asked.length, isPatient ? 5 : 1, `${status}`);
  }
  assert.deepEqual(hub.names(), []);
});

Deno.test("a busy hub is asked again, after the pause it asks for", async () => {
  const { hub, bytes } = await withFile();
  await using _ = hub;
  let busy = 3;
  hub.answer = () =>
    busy-- > 0
      ? new Response(null, { status: busy ? 429 : 500, headers: { "retry-after": "0" } })
      : undefined;
  assert.deepEqual(await Deno.readFile((await get(hub)).path), bytes);
});

Deno.test("who is not the hub, is away, silent or goes in circles, is told", async () => {
  const { hub } = await withFile();
  await using _ = hub;
  hub.answer = () => new Response("<html>log in");
  await assert.rejects(get(hub), refused(/does not answer as the hub does .*is HF_ENDPOINT right/));
  hub.answer = ({ path }) => Response.redirect(`${hub.endpoint}${path}`);
  await assert.rejects(get(hub), refused(/without end/));
  hub.answer = ({ server }) =>
    server === "cdn" ? undefined : new Response(null, {
      headers: { "x-repo-commit": COMMIT, etag: '"../../../x"' },
    });
  await assert.rejects(get(hub), refused(/it calls the file/));
  const silent = Promise.withResolvers<undefined>();
  hub.answer = () => silent.promise;
  await assert.rejects(
    get(hub, { patience: 50 }),
    refused(/cannot be reached: nothing came for 0\.05 seconds/, "no-network"),
  );
  silent.resolve(undefined);
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = free.addr;
  free.close();
  const settings = { ...hub.settings, endpoint: `http://127.0.0.1:${port}` };
  await assert.rejects(
    get(hub, { settings }),
    refused(new RegExp(`^http://127.0.0.1:${port} cannot be reached: .*refused`), "no-network"),
  );
  assert.deepEqual(hub.names(), []);
});

Deno.test("a renamed repository and a slow server are followed to the end", async () => {
  const { hub, bytes } = await withFile(10_000);
  await using _ = hub;
  const old = { repo: "timm/old", file: FILE };
  hub.answer = ({ path, server }) => {
    if (path.startsWith("/timm/old/")) {
      const to = path.replace("/timm/old/", `/${REPO}/`);
      return new Response(null, { status: 307, headers: { location: to } });
    }
    if (server === "hub") return undefined;
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        controller.enqueue(bytes.subarray(at, at += 1000));
        if (at >= bytes.length) controller.close();
      },
    });
    return new Response(body, { headers: { "content-length": String(bytes.length) } });
  };
  const { path } = await hubFile(old, { settings: hub.settings });
  assert.deepEqual(await Deno.readFile(path), bytes);
});

Deno.test("two who want the same file fetch it once", async () => {
  const { hub, bytes } = await withFile();
  await using _ = hub;
  const begun = Promise.withResolvers<void>(), waiting = Promise.withResolvers<undefined>();
  hub.answer = ({ server }) => {
    if (server === "hub") return undefined;
    begun.resolve();
    return waiting.promise;
  };
  const first = get(hub);
  await begun.promise;
  const second = get(hub, { onNote: () => waiting.resolve(undefined) });
  assert.deepEqual(await first, await second);
  assert.deepEqual(await Deno.readFile((await second).path), bytes);
  assert.equal(hub.asked.filter(({ server }) => server === "cdn").length, 1);
});

Deno.test("a stop keeps what has come, and lets go of the lock", async () => {
  const { hub, bytes, etag } = await withFile();
  await using _ = hub;
  const stop = new AbortController(), reason = new Error("enough");
  hub.answer = ({ server }) => {
    if (server === "hub") return undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes.subarray(0, 30_000)),
    });
    return new Response(body, { headers: { "content-length": String(bytes.length) } });
  };
  await assert.rejects(
    get(hub, {
      signal: stop.signal,
      onProgress: (n) => n === 30_000 && stop.abort(reason),
    }),
    reason,
  );
  const partial = `${hub.cache}/${FOLDER}/blobs/${etag}.incomplete`;
  assert.deepEqual(await Deno.readFile(partial), bytes.subarray(0, 30_000));
  hub.answer = () => undefined;
  hub.asked.length = 0;
  await get(hub);
  assert.equal(hub.asked.at(-1)!.range, "bytes=30000-");
});

Deno.test("where links cannot be made, the snapshot is the file itself", async () => {
  const { hub, bytes } = await withFile();
  await using _ = hub;
  const settings = { ...hub.settings, links: false };
  const [one, two] = await Promise.all([get(hub, { settings }), get(hub, { settings })]);
  assert.deepEqual(one, two);
  assert.equal(one.sha256, undefined);
  assert.ok((await Deno.lstat(one.path)).isFile);
  assert.deepEqual(await Deno.readFile(one.path), bytes);
  assert.equal(hub.asked.filter(({ server }) => server === "cdn").length, 1);
  assert.deepEqual(hub.names().filter((name) => name.includes("/blobs/")), []);
});

Deno.test("a full disk, and a folder that may not be written to, are told with what to do", async () => {
  const { hub, bytes } = await withFile();
  await using _ = hub;
  const { open } = fs;
  const full = () => Promise.reject(Object.assign(new Error("ENOSPC, write"), { code: "ENOSPC" }));
  fs.open = async (path, ...how) => {
    const file = await open(path, ...how);
    return String(path).endsWith(".incomplete") ? Object.assign(file, { write: full }) : file;
  };
  try {
    await assert.rejects(
      get(hub),
      refused(
        /^cannot write to ".*blobs": No space left on device; make room there/,
        "cannot-write",
      ),
    );
  } finally {
    fs.open = open;
  }
  await Deno.remove(hub.cache, { recursive: true });
  await Deno.writeTextFile(hub.cache, "a file is in the way");
  await assert.rejects(
    get(hub),
    refused(/^the cache ".*" cannot be used: a file is in the way; HF_HUB_CACHE/, "cannot-write"),
  );
  assert.equal(bytes.length, 100_000);
});

Deno.test("the environment says where things are as it does to Python", async () => {
  const of = (variables: Record<string, string>) => hubSettings((name) => variables[name]);
  const home = { HOME: "/h" };
  assert.equal(of(home).cache, "/h/.cache/huggingface/hub");
  assert.equal(of({ ...home, XDG_CACHE_HOME: "/var/x" }).cache, "/var/x/huggingface/hub");
  assert.equal(of({ ...home, HF_HOME: "~/hf" }).cache, "/h/hf/hub");
  assert.equal(of({ ...home, HF_HOME: "/a", HF_HUB_CACHE: "${HOME}/b" }).cache, "/h/b");
  assert.equal(of({ USERPROFILE: "C:\\ada" }).cache, "C:\\ada/.cache/huggingface/hub");
  assert.throws(() => of({}).cache, refused(/neither HF_HUB_CACHE nor HOME is set/));
  assert.equal(of({}).endpoint, "https://huggingface.co");
  assert.equal(of({ HF_ENDPOINT: "https://mirror.example/" }).endpoint, "https://mirror.example");
  assert.equal(of({ HF_HUB_OFFLINE: "1" }).offline, true);
  assert.equal(of({ HF_HUB_OFFLINE: "0" }).offline, false);
  assert.equal(of({ HF_HUB_DISABLE_SYMLINKS: "yes" }).links, false);
  assert.equal(await of({ HF_TOKEN: "hf_x\n" }).token(), "hf_x");
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/token`, "hf_file\n");
  assert.equal(await of({ HF_HOME: folder }).token(), "hf_file");
  assert.equal(
    await of({ HF_HOME: folder, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }).token(),
    undefined,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("names that lead out of the cache are refused", async () => {
  await using hub = await startHub();
  for (
    const [repo, file] of [["timm/..", "x"], ["a/b/c", "x"], ["timm", "x"], ["a--b/c", "x"], [
      "timm/net",
      "../x",
    ], ["timm/net", "/x"]]
  ) {
    await assert.rejects(
      hubFile({ repo, file }, { settings: hub.settings }),
      refused(/^There can be no file/),
    );
  }
  assert.deepEqual(hub.asked, []);
});
