/** What is asked, looked through before anything is computed. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import type { Model } from "../run/model.ts";
import { findClass } from "../run/find_class.ts";
import { outputsOf, refuseMap } from "../run/outputs.ts";
import { classTarget, type Explained } from "../run/target.ts";
import type { Concept, ConceptClass, PictureSource } from "./data.ts";

/** A class that is asked for. */
export interface NamedClass {
  readonly index: number;
  readonly label: string;
  readonly target: Explained;
  readonly pictures: readonly PictureSource[];
}

/** A classifier is trained on three pictures to a side, and tried on one, at least. */
export const LEAST = 4;

const refuse = (message: string, name: string) => {
  throw new UserError(message, { code: "bad-option", option: name });
};

/** @throws UserError for a class that there is not, asked for twice or without pictures, and for none. */
export function classesOf(model: Model, wanted: readonly ConceptClass[]): NamedClass[] {
  const outputs = outputsOf(model);
  refuseMap(outputs, model.id, "test concepts");
  if (wanted.length === 0) {
    refuse("There is no class whose score may answer to a concept.", "class");
  }
  const found = wanted.map(({ class: name, pictures }) => {
    const index = findClass(outputs.classes, name, model.id);
    const label = outputs.classes[index];
    checkCount(pictures.length, 1, `pictures of ${label}`, "pictures");
    return { index, label, pictures, target: classTarget(outputs, index) };
  });
  const twice = found.find(({ index }, i) => found.findIndex((one) => one.index === index) < i);
  if (twice) refuse(`${option("class")} names ${twice.label} twice.`, "class");
  return found;
}

/** @throws UserError for concepts without a name, with the same one, and for none at all. */
export function checkConcepts(concepts: readonly Concept[]): void {
  if (concepts.length === 0) refuse("There is no concept to test.", "concept");
  const names = concepts.map(({ name }) => name);
  const twice = names.find((name, i) => name === "" || names.indexOf(name) < i);
  if (twice !== undefined) {
    refuse(`Two concepts are called "${twice}": each needs a name of its own.`, "concept");
  }
}

/** @throws UserError for too few pictures. */
export function checkCount(count: number, least: number, of: string, name: string): void {
  if (count >= least) return;
  throw new UserError(
    `Cannot test with so few ${of} (${count}): it takes ${least} at least, and 20 and more tell more.`,
    { code: "no-picture", option: name },
  );
}
