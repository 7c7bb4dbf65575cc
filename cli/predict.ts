/** `phosphene predict`: what a model says of a picture. */
import { z } from "../deps/zod.ts";
import { loadImage } from "../image/mod.ts";
import { outputsOf } from "../run/outputs.ts";
import { predict } from "../run/predict.ts";
import type { Prediction } from "../run/technique.ts";
import { currentBackend } from "../engine/runtime.ts";
import type { Scores } from "../engine/scores.ts";
import type { AddCommand } from "./_context.ts";
import { addFlags, readFlags } from "./_flags.ts";
import { addModelFlags, chosenOptions, loadChosen } from "./_model.ts";
import { PICTURES } from "./_pictures.ts";
import { percent, score, table } from "./_text.ts";

const predictOptions = z.object({
  top: z.int().min(1).default(5).describe("Number of classes to list"),
});

/** What is told of each class. */
function columnsOf(scores: Scores): [title: string, write: (p: Prediction) => string][] {
  const probability: ReturnType<typeof columnsOf>[number] = [
    "probability",
    (p) => percent(p.probability ?? null),
  ];
  if (scores === "probabilities") return [probability];
  if (scores === "linear") return [["score", (p) => score(p.logit)]];
  return [probability, ["logit", (p) => p.logit.toFixed(3)]];
}

export const addPredict: AddCommand = (program, context) => {
  const command = program.command("predict")
    .summary("List the most probable classes of a picture")
    .description("Shows a picture to a model and lists the most probable classes, best first.")
    .argument("<image>", `picture: ${PICTURES}`);
  addFlags(command, predictOptions, "Options of predict:");
  addModelFlags(command);
  command.action(async (path: string) => {
    const { top } = readFlags(command, predictOptions);
    const chosen = readFlags(command, chosenOptions);
    const image = await loadImage(path);
    const model = await loadChosen(chosen, context);
    const { signal } = context;
    const { scores } = outputsOf(model), columns = columnsOf(scores);
    const predictions = (await predict(model, image, { signal })).slice(0, top);
    context.print(
      {
        image: { name: image.name, width: image.width, height: image.height, sha256: image.sha256 },
        model: { id: model.id, weights: model.weights, scores },
        backend: currentBackend(),
        predictions,
      },
      () =>
        table([
          ["", "class", "", ...columns.map(([title]) => title)],
          ...predictions.map((prediction, rank) => [
            String(rank + 1),
            String(prediction.index),
            prediction.label,
            ...columns.map(([, write]) => write(prediction)),
          ]),
        ], [0, 1, 3, 4]),
    );
  });
};
