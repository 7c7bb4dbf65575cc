/**
 * How fast does the gallery list 10 000 runs, and does a database do better than memory? The
 * first scan, then medians in ms of listing, filtering, searching and paging, in memory against
 * node:sqlite, and of whole pages over HTTP.
 */
import { DatabaseSync } from "node:sqlite";
import { encodePng } from "../image/mod.ts";
import { random } from "../core/random.ts";
import { openGallery } from "../web/gallery.ts";
import { honoHost } from "../web/hosts/hono.ts";
import { FACETS as ALL_FACETS, PAGE_SIZE, type RunIndex, type RunQuery } from "../web/run_index.ts";
import { searchOf } from "../web/run_query.ts";
import { median, took } from "./_measure.ts";
import type { Question, Side } from "./_question.ts";

/** Those that are one column each. */
const FACETS = ALL_FACETS.filter((facet) => facet !== "tag");

const RUNS = 10_000;
/** How often each is asked. */
const ROUNDS = 15;

/** Writes runs of several techniques, models, layers, classes, days. */
async function generate(folder: string): Promise<void> {
  const draw = random(0);
  const png = await encodePng({ width: 32, height: 32, data: new Uint8ClampedArray(32 * 32 * 3) });
  for (let n = 0; n < RUNS; n++) {
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
  "last page": { page: Math.ceil(RUNS / PAGE_SIZE) },
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

/** The median of some rounds, in ms. */
async function asked(ask: () => unknown): Promise<number> {
  await ask();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await took(ask));
  return median(times);
}

const megabytes = () => Deno.memoryUsage().rss / 1e6;

const gallery: Side = async () => {
  const folder = await Deno.makeTempDir(), figures: Record<string, number> = {};
  try {
    await generate(folder);
    const before = megabytes(), begin = performance.now();
    const gallery = await openGallery({ folder, readOnly: true });
    figures.scan = performance.now() - begin;
    figures.memory = megabytes() - before;
    figures.again = await took(() => gallery.index.refresh());
    const app = honoHost(gallery), database = databaseOf(gallery.index);
    for (const [name, query] of Object.entries(QUERIES)) {
      const request = () => new Request(`http://localhost/${searchOf(query, query.page)}`);
      figures[`${name}: ours`] = await asked(() => gallery.index.list(query));
      figures[`${name}: sqlite`] = await asked(() => database(query));
      figures[`${name}: page`] = await asked(async () => await (await app.fetch(request())).text());
    }
    const run = () => new Request("http://localhost/runs/run-5000?sort=probability");
    figures.run = await asked(async () => await (await app.fetch(run())).text());
    await gallery.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return figures;
};

export const question: Question = {
  asks: "How fast does the gallery list 10 000 runs?",
  sides: { gallery },
  async *rows(bench) {
    const found = await bench.side("gallery", {})();
    yield { case: "first scan", ours: found.scan, unit: "ms" };
    yield { case: "memory of the index", ours: found.memory, unit: "MB" };
    yield { case: "a look at the folder again", ours: found.again, unit: "ms" };
    for (const name of Object.keys(QUERIES)) {
      const [ours, peer] = [found[`${name}: ours`], found[`${name}: sqlite`]];
      yield { case: `${name}, SQLite`, ours, peer, unit: "ms" };
      yield { case: `${name}, a page`, ours: found[`${name}: page`], unit: "ms" };
    }
    yield { case: "a run's page", ours: found.run, unit: "ms" };
  },
};
