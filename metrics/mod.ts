/** The metrics: one line each. */
import { metrics } from "../run/metrics.ts";
import { sparseness } from "./sparseness.ts";

export { metrics, sparseness };
export { judge, type JudgeRequest } from "../run/judge.ts";

metrics.addOwn([sparseness]);
