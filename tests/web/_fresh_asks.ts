/** Asks a gallery's two hosts the same, and prints what they answer; Fresh is what its settings say. */
import { honoHost } from "../../web/hosts/hono.ts";
import { type Gallery, openGallery } from "../../web/gallery.ts";

const [folder, microscope, asked, host] = Deno.args;
/** By its path: what checks this file does not look for Fresh. */
const { freshHost }: { freshHost(gallery: Gallery): (request: Request) => Promise<Response> } =
  await import(host);
const gallery = await openGallery({
  folder,
  microscopes: [microscope],
  models: [{ id: "phosphene-resnet" }],
});
const hosts = [honoHost(gallery).fetch, freshHost(gallery)];
const answers = [];
for (const [method, path, headers] of JSON.parse(asked)) {
  const told = [];
  for (const host of hosts) {
    const request = new Request(`http://localhost:8080${path}`, { method, headers });
    const response = await host(request);
    const body = response.headers.get("content-type") === "text/event-stream"
      ? await response.body?.cancel()
      : await response.text();
    told.push({ status: response.status, headers: [...response.headers].sort(), body });
  }
  answers.push(told);
}
await gallery.close();
console.log(JSON.stringify(answers));
