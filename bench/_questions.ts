/** All questions, each loaded where it is asked: what measures one is not to carry the others. */
import type { Question } from "./_question.ts";

export const QUESTIONS: Readonly<Record<string, () => Promise<{ readonly question: Question }>>> = {
  gradient: () => import("./gradient.ts"),
  techniques: () => import("./techniques.ts"),
  deepdream: () => import("./deepdream.ts"),
  "feature-viz": () => import("./feature_viz.ts"),
  scaling: () => import("./scaling.ts"),
  memory: () => import("./memory.ts"),
  loading: () => import("./loading.ts"),
  startup: () => import("./startup.ts"),
  explain: () => import("./explain.ts"),
  gallery: () => import("./gallery.ts"),
  jobs: () => import("./jobs.ts"),
  judging: () => import("./judging.ts"),
  conv: () => import("./conv.ts"),
  onnx: () => import("./onnx.ts"),
};
