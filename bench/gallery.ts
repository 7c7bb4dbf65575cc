/**
 * How fast does the gallery list 10 000 runs, and does a database do better than memory? Prints the
 * first scan, then medians and maxima in ms of listing, filtering, searching and paging: in memory,
 * by node:sqlite, and as whole pages over HTTP.
 *
 *     deno run -A bench/gallery.ts [--runs 10000]
 */
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { encodePng } from "../image/mod.ts";
import { random } from "../core/random.ts";
import { openGallery } from "../web/gallery.ts";
import { honoHost } from "../web/hosts/hono.ts";
import { FACETS as ALL_FACETS, PAGE_SIZE, type RunIndex, type RunQuery } from "../web/run_index.ts";
import { searchOf } from "../web/run_query.ts";

/** Those that are one column each. */
const FACETS = ALL_FACETS.filter((facet) => facet !== "tag");

const { values } = parseArgs({ options: { runs: { type: "string", default: "10000" } } });
const runs = Number(values.runs);
const folder = await Deno.makeTempDir();

/** Writes runs of several techniques, models, layers, classes, days. */
async function generate(): Promise<void> {
  const draw = random(0);
  const png = await encodePng({ width: 32, height: 32, data: new Uint8ClampedArray(32 * 32 * 3) });
  for (let n = 0; n < runs; n++) {
    const technique = `technique-${draw.integer(0, 20)}`, label = `class ${draw.integer(0, 999)}`;
    const manifest = {
      schema: 1,
      createdAt: new Date(1.7e12 + n * 3_600_000).toISOString(),
      command: `phosphene ${technique} picture-${n}.jpg`,
      technique: { id: technique, title: technique },
      options: { layer: `layer${draw.integer(1, 4)}.${draw.integer(0, 30)}`, channel: n % 512 },
      seed: 0,
      model: {
        id: `model-${draw.integer(0, 9)}`,
        weights: { sha256: "", source: "" },
        preprocess: {},
        labelsCount: 1000,
      },
      image: { name: `picture-${n}.jpg`, width: 32, height: 32, sha256: "" },
      target: { index: 1, label, logit: 1, probability: 0.5 },
      predicted: Array.from({ length: 5 }, () => ({ index: 1, label, logit: 1, probability: 0.1 })),
      backend: { name: "wasm", adapter: "" },
      versions: {},
      durationMs: 1,
      result: { diagnosis: [], losses: Array.from({ length: 100 }, () => draw.next()) },
      files: [{
        name: "map.png",
        role: "map",
        width: 32,
        height: 32,
        bytes: png.length,
        sha256: "",
      }],
    };
    await Deno.mkdir(`${folder}/run-${n}`);
    await Deno.writeTextFile(`${folder}/run-${n}/manifest.json`, JSON.stringify(manifest));
    await Deno.writeFile(`${folder}/run-${n}/map.png`, png);
  }
}

const QUERIES: Readonly<Record<string, RunQuery>> = {
  list: {},
  "last page": { page: Math.ceil(runs / PAGE_SIZE) },
  "filter technique": { technique: "technique-3" },
  "filter three": { technique: "technique-3", model: "model-4", layer: "layer2.7" },
  "search words": { text: "picture-12 class" },
  "search nothing": { text: "not to be found" },
  "oldest first": { sort: "oldest" },
  "most probable": { sort: "probability" },
  "by picture": { byPicture: true, sort: "picture" },
  "one day": { from: "2024-01-01", to: "2024-01-01" },
};

/** The same questions to SQLite: a page, its total, and the counts of each filter. */
function databaseOf(index: RunIndex): (query: RunQuery) => void {
  const db = new DatabaseSync(":memory:");
  db.exec(`CREATE TABLE runs (id, createdAt, technique, model, class, layer, haystack)`);
  for (const column of [...FACETS, "createdAt"]) {
    db.exec(`CREATE INDEX by_${column} ON runs (${column})`);
  }
  const insert = db.prepare("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)");
  db.exec("BEGIN");
  for (const run of index) {
    const { id, createdAt, technique, model, image } = run;
    const parts = [technique.id, model, run.class ?? "", run.layer ?? ""];
    insert.run(id, createdAt, ...parts, [id, ...parts, image].join("\n").toLowerCase());
  }
  db.exec("COMMIT");
  return (query) => {
    const clauses = (but?: string) => {
      const where: string[] = ["1"], given: string[] = [];
      const add = (clause: string, value: string) => void (where.push(clause), given.push(value));
      for (const facet of FACETS) {
        if (facet !== but && query[facet]) add(`${facet} = ?`, query[facet]);
      }
      for (const word of (query.text ?? "").split(" ").filter(Boolean)) {
        add("instr(haystack, ?)", word);
      }
      if (query.from) add("createdAt >= ?", query.from);
      if (query.to) add("createdAt < ?", query.to + "Z");
      return { where: where.join(" AND "), given };
    };
    const { where, given } = clauses();
    const skip = ((query.page ?? 1) - 1) * PAGE_SIZE;
    db.prepare(
      `SELECT * FROM runs WHERE ${where} ORDER BY createdAt DESC LIMIT ${PAGE_SIZE} OFFSET ${skip}`,
    ).all(...given);
    db.prepare(`SELECT count(*) FROM runs WHERE ${where}`).get(...given);
    for (const facet of FACETS) {
      const { where, given } = clauses(facet);
      db.prepare(`SELECT ${facet}, count(*) FROM runs WHERE ${where} GROUP BY ${facet}`).all(
        ...given,
      );
    }
  };
}

/** Median and maximum of some rounds, in ms. */
async function timed(ask: () => unknown): Promise<string> {
  await ask();
  const times: number[] = [];
  for (let round = 0; round < 15; round++) {
    const begin = performance.now();
    await ask();
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  return `${times[7].toFixed(1)} (${times[14].toFixed(1)})`.padStart(14);
}

const megabytes = () => Deno.memoryUsage().rss / 1e6;

try {
  await generate();
  const before = megabytes(), begin = performance.now();
  const gallery = await openGallery({ folder, readOnly: true });
  const scan = performance.now() - begin;
  console.log(
    `${runs} runs: first scan ${(scan / 1000).toFixed(2)} s, memory +${
      (megabytes() - before).toFixed(0)
    } MB (${megabytes().toFixed(0)} MB in all)`,
  );
  const again = performance.now();
  await gallery.index.refresh();
  console.log(`look again: ${(performance.now() - again).toFixed(1)} ms`);

  const app = honoHost(gallery), database = databaseOf(gallery.index);
  console.log(
    "median (max), ms".padEnd(20) + "in memory".padStart(14) + "sqlite".padStart(14) +
      "page".padStart(14),
  );
  for (const [name, query] of Object.entries(QUERIES)) {
    const request = () => new Request(`http://localhost/${searchOf(query, query.page)}`);
    console.log(
      name.padEnd(20) + await timed(() => gallery.index.list(query)) +
        await timed(() => database(query)) +
        await timed(async () => await (await app.fetch(request())).text()),
    );
  }
  const run = () => new Request("http://localhost/runs/run-5000?sort=probability");
  console.log(
    "a run's place".padEnd(20) +
      await timed(() => gallery.index.placeOf({ sort: "probability" }, "run-5000")) +
      "".padStart(14) + await timed(async () => await (await app.fetch(run())).text()),
  );
  gallery.close();
} finally {
  await Deno.remove(folder, { recursive: true });
}
