import assert from "node:assert/strict";
import { within } from "../_support/patience.ts";
import { gallery, phosphene } from "./_cli.ts";
import { SAME_ORIGIN, writeRun } from "./_gallery.ts";

/** A raw request: what no well-behaved client would send. */
async function raw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(request));
  const answer = await new Response(connection.readable).text();
  return answer;
}

/** Starts a run that takes long; it has begun once a frame is there. */
async function startRun(url: string): Promise<void> {
  const form = new FormData();
  form.set("model", "phosphene-resnet");
  form.set("sample", "cat-4.png");
  form.set("option-steps", "100000");
  form.set("option-saveEvery", "5");
  const headers = { ...SAME_ORIGIN, origin: url };
  const response = await fetch(`${url}/new/deepdream`, { method: "POST", body: form, headers });
  await response.body?.cancel();
  const news = await fetch(`${response.url}/events`);
  let heard = "";
  for await (const part of news.body!.pipeThrough(new TextDecoderStream())) {
    heard += part;
    assert.doesNotMatch(heard, /"state":"failed"/);
    if (/"frames":[1-9]/.test(heard)) return;
  }
  assert.fail(`no frame came: ${heard}`);
}

Deno.test("the gallery serves this machine alone, and a kill in a run leaves no half run", async () => {
  const runs = await Deno.makeTempDir();
  const { child, url } = await gallery(["--runs", runs]);
  assert.match(await (await fetch(url)).text(), /No runs yet/);
  for (const path of ["/../../../../etc/passwd", "/runs/../../deno.json", "//etc/passwd"]) {
    const answer = await raw(
      url,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1.1 404/, path);
  }
  assert.match(
    await raw(url, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
    /^HTTP\/1.1 421/,
  );
  const others = Deno.networkInterfaces().filter(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.")
  );
  for (const { address } of others) {
    // another program may listen there, but not this gallery
    const request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const answer = raw(`http://${address}:${new URL(url).port}`, request).catch(() => "");
    assert.doesNotMatch(await answer, /No runs yet/, address);
  }

  await within(startRun(url), "a frame");
  child.kill("SIGKILL");
  await child.status;
  await child.stderr.cancel();
  const visible = [...Deno.readDirSync(runs)].filter(({ name }) => !name.startsWith("."));
  assert.deepEqual(visible, []);

  // the folder is as good as before
  const again = await gallery(["--runs", runs, "--read-only"]);
  assert.match(await (await fetch(again.url)).text(), /No runs yet/);
  again.child.kill("SIGTERM");
  assert.equal((await again.child.status).code, 0);
  await again.child.stderr.cancel();
  await Deno.remove(runs, { recursive: true });
});

Deno.test("a port in use and a file for a folder are told in a sentence", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const file = await Deno.makeTempFile();
  const cases: [string[], RegExp][] = [
    [["--port", String(listener.addr.port)], /in use; choose another with --port, or --port 0 for/],
    [["--runs", file, "--port", "0"], /Cannot show the runs of/],
  ];
  for (const [args, message] of cases) {
    const child = phosphene(["gallery", ...args]);
    const { code, stderr } = await child.output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), message);
  }
  listener.close();
  await Deno.remove(file);
});

Deno.test("an export has the runs of the folder that is named, before or behind its own name", async () => {
  const folder = await Deno.makeTempDir(), runs = `${folder}/runs`;
  await writeRun(runs, "first");
  await writeRun(runs, "odd", { options: { note: { toString: 1 } } });
  const site = (n: number) => `${folder}/site-${n}`;
  const orders = [
    ["--runs", runs, "export", site(0)],
    ["export", "--runs", runs, site(1)],
    ["export", site(2), "--runs", runs],
  ];
  for (const [n, args] of orders.entries()) {
    const child = phosphene(["gallery", ...args]);
    assert.equal((await child.output()).code, 0);
    const page = (id: string) => Deno.readTextFile(`${site(n)}/runs/${id}/index.html`);
    assert.match(await page("first"), /Saliency map/);
    assert.match(await page("odd"), /This run is damaged[^]*options\.note: /);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an export of a folder that is not there is refused, and leaves nothing", async () => {
  const folder = await Deno.makeTempDir(), runs = `${folder}/none`, site = `${folder}/site`;
  for (const args of [["--runs", runs, "export", site], ["export", site, "--runs", runs]]) {
    const { code, stderr } = await phosphene(["gallery", ...args]).output();
    assert.equal(code, 2);
    const told = new TextDecoder().decode(stderr);
    assert.match(told, /Cannot export the runs of ".*none": there is no such folder; .* --runs/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("clients that leave are nobody's fault: the gallery says nothing of them", async () => {
  const runs = await Deno.makeTempDir();
  await writeRun(runs, "one");
  await Deno.writeFile(`${runs}/one/map.png`, new Uint8Array(30_000_000));
  const { child, url } = await gallery(["--runs", runs]);
  const { hostname, port } = new URL(url);
  /** Sends the beginning of a request, reads so much of the answer, and is gone. */
  const leave = async (request: string, read: number) => {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(request));
    for (let n = 0; n < read; n++) await connection.read(new Uint8Array(1000));
    connection.close();
  };
  const host = `Host: ${new URL(url).host}\r\n`, origin = `Origin: ${url}\r\n`;
  const form = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000\r\n";
  const post = (path: string) => `POST ${path} HTTP/1.1\r\n${host}${origin}${form}\r\n--x\r\n`;
  await leave(`GET /runs/one/files/map.png HTTP/1.1\r\n${host}\r\n`, 3);
  await leave(`GET /runs/one/thumbnail HTTP/1.1\r\n${host}\r\n`, 0);
  await leave(`GET /events HTTP/1.1\r\n${host}\r\n`, 1);
  await leave(post("/new/saliency"), 0);
  await leave(post("/pictures"), 0);
  await leave(`GET / HTT`, 0);
  for (const path of ["/", "/runs/one/files/map.png", "/events", "/techniques"]) {
    const gone = new AbortController();
    const asked = fetch(url + path, { signal: gone.signal });
    gone.abort();
    await assert.rejects(asked);
  }
  // the gallery is as it was, and a wrong origin is only refused
  const headers = { ...SAME_ORIGIN, origin: "http://[" };
  const wrong = await fetch(`${url}/new/saliency`, { method: "POST", headers, body: "" });
  assert.equal(wrong.status, 403);
  await wrong.body?.cancel();
  assert.match(await (await fetch(url)).text(), /Saliency map/);
  child.kill("SIGTERM");
  const [{ code }, said] = await Promise.all([child.status, new Response(child.stderr).text()]);
  assert.equal(code, 0);
  assert.equal(said, "");
  await Deno.remove(runs, { recursive: true });
});

Deno.test("a gallery for everyone says an address that works", async () => {
  const runs = await Deno.makeTempDir();
  const { child, url } = await gallery(["--runs", runs, "--host", "0.0.0.0"]);
  assert.match(await (await fetch(url)).text(), /No runs yet/);
  child.kill("SIGTERM");
  const [, said] = await Promise.all([child.status, new Response(child.stderr).text()]);
  assert.match(said, /From other machines: http:\/\/.*:\d+\/.*--host NAME/);
  assert.match(said, /read-only/);
  await Deno.remove(runs, { recursive: true });
});

Deno.test("a gallery offers the models that it is given, by their names", async () => {
  const runs = await Deno.makeTempDir(), nets = `${runs}/.nets`;
  await Deno.mkdir(nets);
  await Deno.copyFile(
    new URL("../fixtures/keras/small.keras", import.meta.url),
    `${nets}/mine.keras`,
  );
  const { child, url } = await gallery(["--runs", runs, "--models", `${nets}/mine.keras`]);
  const page = await (await fetch(`${url}/new/saliency`)).text();
  assert.match(page, /<option[^>]*>mine\.keras<\/option>/);
  child.kill("SIGTERM");
  await Promise.all([child.status, child.stderr.cancel()]);

  const { code, stderr } = await phosphene(["gallery", "--models", "nothing-like-it"]).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /There is no model "nothing-like-it"/);
  await Deno.remove(runs, { recursive: true });
});
