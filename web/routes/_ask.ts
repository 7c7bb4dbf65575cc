/** What a picture's questions are made of, and how they are asked. */
import type { ExplainNews, Question, Subject } from "../_explained.ts";
import type { Explainer } from "../explainer.ts";
import type { Gallery } from "../gallery.ts";
import type { ModelChoice } from "../model_choice.ts";
import { missing, readOnly } from "./_route.ts";

/** @throws Refusal where the gallery only shows. */
export function explainerOf({ explainer }: Gallery): Explainer {
  if (explainer) return explainer;
  throw readOnly("no picture can be explained here");
}

/** The first model where none is named. @throws Refusal where there is none of that name. */
export function modelOf({ models }: Gallery, id: string | null): ModelChoice {
  const model = id === null ? models[0] : models.find((model) => model.id === id);
  if (!model) throw missing(`There is no model "${id ?? ""}" here.`);
  return model;
}

/** What an address asks about. @throws UserError where its picture is not kept any more. */
export function subjectOf(gallery: Gallery, params: URLSearchParams): Subject {
  return {
    picture: gallery.uploads.get(params.get("picture") ?? ""),
    model: modelOf(gallery, params.get("model")),
  };
}

/** Answers with a picture that stays what it is. */
export const png = (bytes: Uint8Array): Response =>
  new Response(new Uint8Array(bytes), {
    headers: { "content-type": "image/png", "cache-control": "private, max-age=3600" },
  });

/** The first news of a kind. */
export async function first<Type extends ExplainNews["type"]>(
  explainer: Explainer,
  question: Question,
  type: Type,
): Promise<Extract<ExplainNews, { type: Type }>> {
  for await (const news of explainer.ask(question)) {
    if (news.type === type) return news as Extract<ExplainNews, { type: Type }>;
  }
  throw new Error(`The explainer told no ${type}.`);
}
