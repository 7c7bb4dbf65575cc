/** Fetching weights with the command line: what it prints, leaves behind and goes on with. */
import assert from "node:assert/strict";
import { bytesOf, COMMIT, type Hub, part, sha256, startHub } from "../models/hub/_hub.ts";
import { ended, pictureFile, start } from "./_phosphene.ts";

const ID = "vgg11.tv_in1k", REPO = `timm/${ID}`, FOLDER = `models--timm--${ID}`;

/** Where Deno keeps packages: beside other caches, which are elsewhere here. */
const { denoDir } = JSON.parse(
  new TextDecoder().decode(
    (await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output()).stdout,
  ),
);

const environment = (hub: Hub): Record<string, string> => ({
  HF_ENDPOINT: hub.endpoint,
  HF_HUB_CACHE: hub.cache,
  XDG_CACHE_HOME: `${hub.cache}-home`,
  DENO_DIR: denoDir,
  HF_TOKEN: "hf_secret",
});

const run = (hub: Hub, ...args: string[]) => ended(start(args, environment(hub)));

/** The text without the lines that tell how a download comes along. */
const plain = (text: string) => text.replace(/^fetching .*\n/gm, "");

/** Answers with the first bytes of a file, then nothing until the other end is gone. */
function stalling(bytes: Uint8Array<ArrayBuffer>, after: number) {
  const sent = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes.subarray(0, after)),
    pull: () => sent.resolve(),
  }, { highWaterMark: 0 });
  const headers = { "content-length": String(bytes.length) };
  return { response: new Response(body, { headers }), sent: sent.promise };
}

/** Waits until a file has so many bytes. */
async function grown(path: string, bytes: number) {
  for (;;) {
    const size = await Deno.stat(path).then(({ size }) => size, () => 0);
    if (size >= bytes) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("pull fetches once; cache and models show it; it is removed", async () => {
  await using hub = await startHub();
  const bytes = bytesOf(300_000), etag = sha256(bytes);
  hub.large.set(`${REPO}/model.safetensors`, bytes);
  const path = `${hub.cache}/${FOLDER}/snapshots/${COMMIT}/model.safetensors`;

  const first = await run(hub, "pull", "vgg11", "--json");
  assert.deepEqual([first.code, plain(first.err)], [0, ""]);
  assert.deepEqual(JSON.parse(first.out), [{ id: ID, path, bytes: 300_000, fetched: true }]);
  assert.deepEqual(hub.asked.map(({ server, token }) => [server, token]), [
    ["hub", "Bearer hf_secret"],
    ["cdn", undefined],
  ]);
  assert.deepEqual(hub.names(), [
    `.locks/${FOLDER}/${etag}.lock`,
    "CACHEDIR.TAG",
    `${FOLDER}/blobs/${etag}`,
    `${FOLDER}/refs/main`,
    `${FOLDER}/snapshots/${COMMIT}/model.safetensors → ../../blobs/${etag}`,
  ]);
  const second = await run(hub, "pull", ID);
  assert.deepEqual([second.code, second.err], [0, ""]);
  assert.equal(second.out.trimEnd(), `${ID}  0.3 MB  was there  ${path}`);
  assert.equal(hub.asked.length, 2);

  assert.match((await run(hub, "cache")).out, new RegExp(`^${ID} +0\\.3 MB +.*\ntotal +0\\.3 MB`));
  assert.match((await run(hub, "models")).out, new RegExp(`^ {2}fetched: ${ID}, 0\\.3 MB$`, "m"));
  const listed = JSON.parse((await run(hub, "models", "vgg11", "--json")).out);
  assert.deepEqual(listed.map((one: Record<string, unknown>) => [one.id, one.cached, one.bytes]), [
    [ID, true, 300_000 + COMMIT.length],
  ]);
  const removed = await run(hub, "cache", "remove", "vgg11");
  assert.equal(removed.out, `removed ${ID}, 0.3 MB\n`);
  assert.deepEqual(hub.names(), ["CACHEDIR.TAG"]);
  const none = await run(hub, "cache", "list", "--json");
  assert.deepEqual(JSON.parse(none.out).kept, []);
});

Deno.test("killed in the middle, the next pull goes on and ends with the right hash", async () => {
  await using hub = await startHub();
  const bytes = bytesOf(2_000_000), half = 1_000_000, etag = sha256(bytes);
  hub.large.set(`${REPO}/model.safetensors`, bytes);
  const partial = `${hub.cache}/${FOLDER}/blobs/${etag}.incomplete`;
  hub.answer = ({ server }) => server === "cdn" ? stalling(bytes, half).response : undefined;
  const process = start(["pull", ID], environment(hub));
  await grown(partial, half);
  process.kill("SIGKILL");
  assert.notEqual((await ended(process)).code, 0);
  assert.deepEqual(await Deno.readFile(partial), bytes.subarray(0, half));

  const listed = await run(hub, "cache");
  assert.match(listed.out, new RegExp(`^${ID} +1\\.0 MB +incomplete`));
  hub.answer = () => undefined;
  hub.asked.length = 0;
  assert.equal((await run(hub, "pull", ID)).code, 0);
  assert.equal(hub.asked.at(-1)!.range, `bytes=${half}-`);
  const path = `${hub.cache}/${FOLDER}/snapshots/${COMMIT}/model.safetensors`;
  assert.equal(sha256(await Deno.readFile(path)), etag);
});

Deno.test("Ctrl-C keeps what has come and holds no lock; meanwhile another process waits", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using hub = await startHub();
  const bytes = bytesOf(2_000_000), half = 1_000_000, etag = sha256(bytes);
  hub.large.set(`${REPO}/model.safetensors`, bytes);
  const partial = `${hub.cache}/${FOLDER}/blobs/${etag}.incomplete`;
  let first = true;
  hub.answer = ({ server, range }) => {
    if (server === "hub") return undefined;
    if (!first) return part(bytes, range);
    first = false;
    return stalling(bytes, half).response;
  };
  const one = start(["pull", ID], environment(hub));
  await grown(partial, half);
  const two = start(["pull", ID, "--json"], environment(hub));
  const reader = two.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  assert.equal(
    value,
    "note: Another program is fetching the same file; waiting until it has it.\n",
  );
  one.kill("SIGINT");
  const stopped = await ended(one);
  assert.deepEqual([stopped.code, plain(stopped.err)], [130, "interrupted\n"]);
  await reader.cancel();
  assert.equal((await two.status).success, true);
  await two.stdout.cancel();
  assert.equal(hub.asked.at(-1)!.range, `bytes=${half}-`);
  assert.equal(sha256(await Deno.readFile(`${hub.cache}/${FOLDER}/blobs/${etag}`)), etag);
});

Deno.test("with an empty cache and no network there is one message, and nothing is left", async () => {
  await using hub = await startHub();
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = free.addr;
  free.close();
  const away = { ...environment(hub), HF_ENDPOINT: `http://127.0.0.1:${port}` };
  const args = ["predict", await pictureFile("p.png"), "--model", "resnet152d"];
  const { code, out, err } = await ended(start(args, away));
  assert.deepEqual([code, out], [2, ""]);
  assert.match(
    err,
    new RegExp(
      `^error: The weights of resnet152d \\(resnet152d\\.ra2_in1k\\) are not in the cache yet, and ` +
        `cannot be fetched: http://127\\.0\\.0\\.1:${port} cannot be reached: .*refused\\. With a ` +
        `network they are fetched once; a file of them works too: --weights ` +
        `resnet152d\\.safetensors\\. .phosphene pull. fetches them beforehand\\.\n$`,
    ),
  );
  assert.deepEqual(hub.names(), []);
  const offline = await ended(start(args, { ...environment(hub), HF_HUB_OFFLINE: "1" }));
  assert.match(offline.err, /^error: .*HF_HUB_OFFLINE is set, so the hub is not asked/);
  assert.deepEqual(hub.asked, []);
});

Deno.test("what cannot be pulled is told before anything is fetched", async () => {
  await using hub = await startHub();
  hub.large.set(`${REPO}/model.safetensors`, bytesOf(10));
  for (
    const [id, message] of [
      ["vgg11.tv_in2k", /^error: There is no model "vgg11\.tv_in2k"; nearest: "vgg11\.tv_in1k"/],
      ["resnet20-cifar", /^error: There is nothing to fetch for "resnet20-cifar"/],
      [
        "https://example.com/x.pth",
        /^error: Cannot keep ".*": it says no hash\. Write it with #sha256/,
      ],
    ] as const
  ) {
    const { code, err } = await run(hub, "pull", ID, id);
    assert.equal(code, 2);
    assert.match(err, message);
  }
  assert.deepEqual(hub.asked, []);
  const gone = await run(hub, "pull", "vgg13");
  assert.match(
    gone.err,
    /^error: The weights of vgg13 .* no such repository, or the token in HF_TOKEN/,
  );
});

Deno.test("a proxy is gone through", async () => {
  await using hub = await startHub();
  const bytes = bytesOf(1000);
  hub.large.set(`${REPO}/model.safetensors`, bytes);
  const seen: string[] = [];
  await using proxy = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      seen.push(new URL(request.url).host);
      const headers = new Headers(request.headers);
      headers.delete("host");
      const { port } = new URL(hub.endpoint);
      const url = request.url.replace(/^http:\/\/hub\.invalid/, `http://127.0.0.1:${port}`);
      return await fetch(url, { method: request.method, headers, redirect: "manual" });
    },
  );
  const { code, err } = await ended(start(["pull", ID], {
    ...environment(hub),
    HF_ENDPOINT: "http://hub.invalid",
    HTTP_PROXY: `http://127.0.0.1:${proxy.addr.port}`,
    NO_PROXY: "",
  }));
  assert.equal(code, 0, err);
  assert.equal(seen[0], "hub.invalid");
});
