/** The two ways to run a technique, by its id or as it is, with the types of what it takes and gives. */
import {
  type AttributionRun,
  execute,
  finish,
  type RunRequest,
  techniqueOf,
  type VisualizationRun,
} from "../run/execute.ts";
import type {
  AttributionTechnique,
  PictureUse,
  Progress,
  Technique,
  VisualizationTechnique,
} from "../run/technique.ts";
import type { Attributions, PictureUses, Visualizations } from "./options.ts";

/** Ids of the library's own attributions. */
export type AttributionId = keyof Attributions;
/** Ids of the library's own visualizations. */
export type VisualizationId = keyof Visualizations;

/** A text that is not known before the program runs: it may be a plugin's id. */
export type SomeId = string & Record<never, never>;
/** Options of which nothing is known. */
export type SomeOptions = Readonly<Record<string, unknown>>;

/** An attribution, by its id or as it is; of one from a registry only the running program knows that. */
export type AnyAttribution = AttributionId | SomeId | Technique;
/** A visualization, likewise. */
export type AnyVisualization = VisualizationId | SomeId | Technique;

/**
 * What a compiler names where an id is no attribution's of the library, or a technique is none. A
 * plugin's technique is passed as it is.
 */
export interface NoSuchAttribution {
  /** The ids that there are. */
  readonly attributions: AttributionId;
}
/** What a compiler names where an id is no visualization's of the library, or a technique is none. */
export interface NoSuchVisualization {
  /** The ids that there are. */
  readonly visualizations: VisualizationId;
}

/**
 * Lets through known ids, texts that only the running program knows, and techniques of the kind: its
 * `Otherwise` is what a compiler names where it does not.
 */
export type Known<Asked, Ids extends string, Kind extends Technique["kind"], Otherwise> =
  Asked extends string ? string extends Asked ? unknown : Asked extends Ids ? unknown : Otherwise
    : Asked extends { readonly kind: Kind } ? unknown
    : Otherwise;

/** Options of a technique, complete: as `run.options` has them. */
export type OptionsOf<Asked> = Asked extends AttributionTechnique<infer Options, infer _> ? Options
  : Asked extends VisualizationTechnique<infer Options, infer _, infer _> ? Options
  : Asked extends AttributionId ? Attributions[Asked]
  : Asked extends VisualizationId ? Visualizations[Asked]
  : SomeOptions;

/** Options that a caller gives: what is left out has its default. */
export type GivenOptions<Asked> = Asked extends AttributionTechnique<infer _, infer Given> ? Given
  : Asked extends VisualizationTechnique<infer _, infer Given, infer _> ? Given
  : Asked extends AttributionId | VisualizationId ? Partial<OptionsOf<Asked>>
  : SomeOptions;

/** The picture of a request, as a visualization wants one, may have one, or takes none. */
export type PictureOf<Asked> = Asked extends { readonly picture: infer Use } ? PictureFor<Use>
  : Asked extends keyof PictureUses ? PictureFor<PictureUses[Asked]>
  : PictureFor<PictureUse>;

/** Likewise, by what the visualization says. */
export type PictureFor<Use> = [Use] extends ["required"] ? Pick<Required<RunRequest>, "image">
  : [Use] extends ["none"] ? {
      /** This technique starts from no picture. */
      readonly image?: undefined;
    }
  : Pick<RunRequest, "image">;

/** What both kinds of request have. */
export interface Asking<Given> extends Omit<RunRequest, "image" | "options" | "target"> {
  /** The technique's options; what is left out has its default. */
  readonly options?: Given;
  /** Hears how far the run has come. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What {@link attribute} is asked, of a technique or an id. */
export type AttributionRequest<Asked = SomeId> =
  & Asking<GivenOptions<Asked>>
  & Pick<RunRequest, "target">
  & Pick<Required<RunRequest>, "image">;

/** What {@link visualize} is asked, of a technique or an id. */
export type VisualizationRequest<Asked = SomeId> =
  & Asking<GivenOptions<Asked>>
  & PictureOf<Asked>;

/**
 * Explains a picture.
 *
 * @param technique Id, or a technique that need not be registered. A plugin's id is taken where it is
 * a `string` that only the running program knows; to write one out, pass the technique itself.
 * @param request The model, the picture, and what else the technique takes.
 * @returns The raw values, `[height, width, channels]` or `[h, w]`, and the map, `[height, width]` of
 * 0..1; the run paints itself: `run.overlay()`.
 * @throws UserError for a wrong id, option, class, layer or picture.
 * @example
 * ```ts
 * const model = await loadModel("resnet50", { weights: "resnet50.safetensors" });
 * const run = await attribute("saliency", { model, image: await loadImage("cat.jpg") });
 * run.map; // Float32Array with shape [H, W], 0..1
 * ```
 */
export async function attribute<const Asked extends AnyAttribution>(
  technique: Asked & Known<Asked, AttributionId, "attribution", NoSuchAttribution>,
  request: AttributionRequest<Asked>,
): Promise<AttributionRun<OptionsOf<Asked>>> {
  const found = techniqueOf(technique, "attribution");
  const run = await finish(execute(found, request as RunRequest), request?.onProgress);
  return run as AttributionRun<OptionsOf<Asked>>;
}

/**
 * Makes a picture of what a network, or a part of it, looks for.
 *
 * @param technique Id, or a technique that need not be registered, as for {@link attribute}.
 * @param request The model, and what else the technique takes; a picture where it starts from one.
 * @returns The image in the network's normalized space, the same as a picture, and the losses.
 * @throws UserError for a wrong id, option, layer or picture.
 * @example
 * ```ts
 * const run = await visualize("filter-viz", { model, options: { layer: "features.17", channel: 0 } });
 * run.final; // the picture
 * ```
 */
export async function visualize<const Asked extends AnyVisualization>(
  technique: Asked & Known<Asked, VisualizationId, "visualization", NoSuchVisualization>,
  request: VisualizationRequest<Asked>,
): Promise<VisualizationRun<OptionsOf<Asked>>> {
  const found = techniqueOf(technique, "visualization");
  const run = await finish(execute(found, request as RunRequest), request?.onProgress);
  return run as VisualizationRun<OptionsOf<Asked>>;
}
