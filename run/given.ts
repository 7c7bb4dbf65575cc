/** What a script hands in, looked at before it is used: `deno run` checks no types. */
import { z } from "../deps/zod.ts";
import { nearestHint, UserError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { parseOptions, seedOption } from "../core/options.ts";
import type { Picture } from "../image/mod.ts";
import type { Model } from "./model.ts";
import type { Technique } from "./technique.ts";

/** How a value that is not what was wanted can be told to its author. */
function found(value: unknown, load: string): string {
  if (value instanceof Promise) return `a promise: write "await ${load}(…)"`;
  if (typeof value === "string") return `the text "${value}": write "await ${load}("${value}")"`;
  if (value instanceof URL) return `an address: write "await ${load}("${value.href}")"`;
  if (value === undefined || value === null) return `${value}: ${load}() gives one`;
  const kind = Array.isArray(value) ? "a list" : `of type ${typeof value}`;
  return `${kind}, and not what ${load}() gives`;
}

/** @throws UserError for anything but a model. */
export function checkModel(model: unknown): asserts model is Model {
  if (isObject(model) && isObject(model.network) && isObject(model.network.graph)) return;
  throw new UserError(`The model is ${found(model, "loadModel")}.`);
}

/** @throws UserError for anything but a picture. */
export function checkPicture(picture: unknown): asserts picture is Picture {
  if (isObject(picture) && isObject(picture.data)) {
    const { width, height, data } = picture;
    const numbers = Number(width) * Number(height) * 3;
    if (numbers > 0 && data.length === numbers) return;
    throw new UserError(
      `The picture says ${width}×${height} pixels, and its data are ${data.length} levels: it ` +
        "takes three bytes a pixel (red, green, blue), row by row.",
      { code: "bad-file" },
    );
  }
  throw new UserError(`The picture is ${found(picture, "loadImage")}.`);
}

const seedSchema = z.object({ seed: seedOption });

/** What a request may hold. */
const FIELDS = ["model", "image", "options", "target", "seed", "signal", "onProgress"];

/**
 * @throws UserError for a request that is none, without a model, with a picture that is none, or with
 * a field that nothing would read: an option beside `options` would be left out in silence.
 */
export function checkRequest({ id, options }: Technique, request: unknown): void {
  if (!isObject(request)) {
    throw new UserError(`${id} needs a request, such as { model, image }; ${request} was given.`);
  }
  if (isObject(request.network)) {
    throw new UserError(`${id} takes its model in one object with all it needs: { model, image }.`);
  }
  for (const field of Object.keys(request)) {
    if (FIELDS.includes(field)) continue;
    throw new UserError(
      field in options.shape
        ? `"${field}" is an option of ${id}: write { options: { ${field}: … } }.`
        : `A request has no "${field}"; ${
          nearestHint(field, [...FIELDS, ...Object.keys(options.shape)])
        }.`,
      { code: "unknown-option" },
    );
  }
  if (request.options !== undefined && !isObject(request.options)) {
    throw new UserError(`The options of ${id} are an object, such as { class: 3 }.`);
  }
  if (request.seed !== undefined) parseOptions(seedSchema, { seed: request.seed }, id);
  checkModel(request.model);
  if (request.image !== undefined) checkPicture(request.image);
}

/** @throws UserError for anything but a finished run. */
export function checkRun(run: unknown): void {
  if (isObject(run) && isObject(run.technique) && isObject(run.model)) return;
  throw new UserError(
    run instanceof Promise
      ? 'The run is a promise: write "await attribute(…)" or "await visualize(…)".'
      : "This is no run: attribute() and visualize() give one.",
  );
}
