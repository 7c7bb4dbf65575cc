/**
 * How long does it take to explain a picture by 18 techniques, and to judge each by 8 metrics? The whole
 * command, runs and scores saved, with as many workers as are of use against one.
 */
import { run } from "./_command.ts";
import { took } from "./_measure.ts";
import type { Question, Side } from "./_question.ts";

const PICTURE = "examples/images/cat-4.png";

const TECHNIQUES = [
  ...["saliency", "input-x-gradient", "guided-backprop", "deconvnet", "integrated-gradients"],
  ...["smooth-grad", "grad-cam", "grad-cam-plus-plus", "hires-cam", "layer-cam", "xgrad-cam"],
  ...["eigen-cam", "score-cam", "ablation-cam", "guided-grad-cam", "occlusion", "lrp", "rise"],
];

const METRICS = [
  ...["deletion", "insertion", "road", "average-drop", "increase", "faithfulness-estimate"],
  ...["sparseness", "entropy"],
];

/** @param how further flags */
const judged: Side = async ({ how }, { backend, threads }) => {
  const out = await Deno.makeTempDir();
  try {
    const asked = ["--techniques", TECHNIQUES.join(), "--metrics", METRICS.join(), "--quiet"];
    const place = ["--out", out, "--backend", backend, "--threads", `${threads}`];
    const args = ["run", "--no-check", "-A", "cli.ts", "judge", PICTURE, ...asked, ...place];
    return { s: await took(() => run([...args, ...how as string[]])) / 1000 };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
};

export const question: Question = {
  asks: "How long does it take to judge a picture’s explanations?",
  sides: { judged },
  async *rows(bench) {
    const { ours, alone } = await bench.inTurns({
      ours: bench.side("judged", { how: [] }),
      alone: bench.side("judged", { how: ["--workers", "1"] }),
    });
    const what = `phosphene-resnet, ${TECHNIQUES.length} techniques × ${METRICS.length} metrics`;
    yield { case: `${what}, against one worker`, ours: ours!.s, peer: alone!.s, unit: "s" };
  },
};
