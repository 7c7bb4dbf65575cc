/** The kinds of tasks. */
import { Registry } from "../../core/registry.ts";
import { assess } from "./assess.ts";
import { explain } from "./explain.ts";
import { judge } from "./judge.ts";
import { render } from "./render.ts";
import { scan } from "./scan.ts";
import { score } from "./score.ts";
import { votes } from "./votes.ts";
import type { Kind } from "../kind.ts";

/** Every kind there is, by id. */
// deno-lint-ignore no-explicit-any -- each has its own input
export const kinds: Registry<Kind<any>> = new Registry<Kind<any>>("kind of tasks", [
  assess,
  explain,
  judge,
  render,
  scan,
  score,
  votes,
]);
