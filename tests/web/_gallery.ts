/** Galleries to test: runs folders, made up or real, and requests to them. */
import { encodePng } from "../../image/mod.ts";
import { type Gallery, type GallerySettings, openGallery } from "../../web/gallery.ts";
import { honoHost } from "../../web/hosts/hono.ts";

/** A manifest as `saveRun` writes one; parts can be replaced. */
export function manifestOf(parts: Record<string, unknown> = {}) {
  return {
    schema: 1,
    id: "run",
    createdAt: "2026-01-02T03:04:05.000Z",
    command: "phosphene saliency car.png",
    technique: { id: "saliency", title: "Saliency map" },
    options: { overlay: 0.85 },
    seed: 0,
    model: {
      id: "small-net",
      weights: { sha256: "ab".repeat(32), source: "net.safetensors" },
      preprocess: { resize: 32, mean: [0, 0, 0] },
      labelsCount: 10,
    },
    image: { name: "car.png", width: 64, height: 64, sha256: "cd".repeat(32) },
    target: { index: 1, label: "automobile", logit: 3, probability: 0.9 },
    predicted: [{ index: 1, label: "automobile", logit: 3, probability: 0.9 }],
    backend: { name: "cpu", adapter: "JavaScript", reason: "asked for" },
    versions: { phosphene: "0.1.0" },
    durationMs: 12,
    result: { diagnosis: [] },
    files: ["input", "map", "overlay"].map((role) => ({
      name: `${role}.png`,
      role,
      width: 2,
      height: 2,
      bytes: 75,
      sha256: "ef".repeat(32),
    })),
    ...parts,
  };
}

const png = await encodePng({ width: 2, height: 2, data: new Uint8ClampedArray(12).fill(90) });

/** Writes a run's folder that was never run. */
export async function writeRun(folder: string, id: string, parts: Record<string, unknown> = {}) {
  await Deno.mkdir(`${folder}/${id}`, { recursive: true });
  for (const name of ["input.png", "map.png", "overlay.png"]) {
    await Deno.writeFile(`${folder}/${id}/${name}`, png);
  }
  const manifest = JSON.stringify(manifestOf({ id, ...parts }));
  await Deno.writeTextFile(`${folder}/${id}/manifest.json`, manifest);
}

/** Asks a gallery for a path as a browser on this machine would. */
export type Ask = (path: string, init?: RequestInit & { host?: string }) => Promise<Response>;

/** A gallery of a new folder, gone after the test. */
export async function withGallery(
  settings: Partial<GallerySettings>,
  test: (given: { ask: Ask; folder: string; gallery: Gallery; faults: Error[] }) => Promise<void>,
): Promise<void> {
  const folder = settings.folder ?? await Deno.makeTempDir();
  const faults: Error[] = [];
  const gallery = await openGallery({ ...settings, folder, onFault: (e) => void faults.push(e) });
  const app = honoHost(gallery);
  const ask: Ask = async (path, { host = "localhost:8080", ...init } = {}) => {
    const headers = new Headers(init.headers);
    headers.set("host", host);
    return await app.fetch(
      new Request(new URL(path, "http://localhost:8080"), { ...init, headers }),
    );
  };
  try {
    await test({ ask, folder, gallery, faults });
  } finally {
    await gallery.close();
    await gallery.index.refresh(); // a look at the folder that is under way comes to its end
    if (!settings.folder) await Deno.remove(folder, { recursive: true });
  }
}

/** What a page of the gallery sends with a form. */
export const SAME_ORIGIN = { origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };
