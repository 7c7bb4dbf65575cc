/** The rooms of the house, and what each may import. CONTRIBUTING.md draws them as floors. */

/** What makes the library. */
const LIBRARY = [
  ...["platform", "core", "image", "engine", "run"],
  ...["models", "visualize", "techniques", "metrics"],
];

/** A room → the rooms that it may import, apart from itself. What is not listed is not allowed. */
export const BELOW: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  core: ["platform"],
  image: ["platform", "core"],
  engine: ["platform", "core"],
  world: ["platform", "core", "image"],
  run: ["platform", "core", "image", "engine"],
  models: ["platform", "core", "image", "engine", "run"],
  visualize: ["platform", "core", "image", "engine", "run"],
  techniques: ["platform", "core", "image", "engine", "run", "visualize"],
  metrics: ["platform", "core", "image", "engine", "run"],
  "mod.ts": [...LIBRARY, "concepts"],
  "kit.ts": LIBRARY,
  conformance: LIBRARY,
  "testing.ts": ["run", "conformance"],
  jobs: LIBRARY,
  concepts: LIBRARY,
  microscope: [...LIBRARY, "jobs"],
  leaderboard: [...LIBRARY, "jobs"],
  report: [...LIBRARY, "jobs"],
  web: [...LIBRARY, "jobs", "microscope", "report"],
  cli: [
    ...LIBRARY,
    ...["conformance", "concepts", "jobs", "leaderboard", "microscope", "report", "web", "world"],
  ],
  "cli.ts": ["platform", "cli"],
  training: ["platform", "core", "image", "engine", "run", "models", "world"],
};
/** Who may look into every room: nothing of the product imports them. */
export const OUTSIDE = ["tests", "bench", "docs", "examples", "packaging"];
