/** The rooms of the house, and what each may import. CONTRIBUTING.md draws them as floors. */

/** A room → the rooms that it may import, apart from itself. What is not listed is not allowed. */
export const BELOW: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  core: ["platform"],
  image: ["platform", "core"],
  engine: ["platform", "core"],
  world: ["platform", "core", "image"],
  run: ["platform", "core", "image", "engine"],
  models: ["platform", "core", "image", "engine", "run"],
  techniques: ["platform", "core", "image", "engine", "run"],
  metrics: ["platform", "core", "image", "engine", "run"],
  "mod.ts": ["platform", "core", "image", "engine", "run", "models", "techniques", "metrics"],
  "kit.ts": ["platform", "core", "image", "engine", "run", "models", "techniques", "metrics"],
  conformance: [
    ...["platform", "core", "image", "engine", "run", "models", "techniques", "metrics"],
  ],
  "testing.ts": ["run", "conformance"],
  web: ["platform", "core", "image", "engine", "run", "models", "techniques", "metrics"],
  cli: [
    ...["platform", "core", "image", "engine", "run", "models", "techniques", "metrics"],
    ...["conformance", "web", "world"],
  ],
  "cli.ts": ["platform", "cli"],
  training: ["platform", "core", "image", "engine", "run", "models", "world"],
};
/** Who may look into every room: nothing of the product imports them. */
export const OUTSIDE = ["tests", "bench", "docs", "examples", "packaging"];
