/** The registry of metrics. `metrics/mod.ts` fills it; plugins add to it. */
import { Registry } from "../core/registry.ts";
import type { Metric } from "./metric.ts";

/** Every metric there is, by id. */
export const metrics: Registry<Metric> = new Registry<Metric>("metric");
