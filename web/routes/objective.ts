/** `/models/:id/….json`: what the field of an objective asks while it is written. */
import type { Gallery } from "../gallery.ts";
import { Refusal } from "../guard.ts";
import type { ModelChoice } from "../model_choice.ts";
import { get, missing } from "./_route.ts";

/** The longest text that is looked at. */
const MAX_LENGTH = 2000;

const json = (value: unknown) => Response.json(value, { headers: { "cache-control": "no-cache" } });

/** A model that runs can be made with. */
function choiceOf({ models }: Gallery, id: string): ModelChoice {
  const choice = models.find((model) => model.id === id);
  if (!choice) throw missing(`There is no model "${id}" here.`);
  return choice;
}

export const objectiveRoutes = [
  get(
    "/models/:id/names.json",
    async ({ gallery, params }) => json(await gallery.outlines.words(choiceOf(gallery, params.id))),
  ),
  get("/models/:id/check.json", async ({ gallery, params, url }) => {
    const text = url.searchParams.get("objective") ?? "", choice = choiceOf(gallery, params.id);
    if (text.length > MAX_LENGTH) {
      throw new Refusal(
        400,
        "Too long",
        `This objective has ${text.length} characters; at most ${MAX_LENGTH} are looked at.`,
      );
    }
    return json({ fault: await gallery.outlines.fault(choice, text) });
  }),
];
