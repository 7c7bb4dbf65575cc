/** What the viewer shows of a run. */
import { lossPoints } from "../run/curve.ts";
import type { Manifest, RunFile } from "../run/manifest.ts";
import { coverOf } from "./_manifest.ts";
import { isDivergingRun, paletteIn } from "./_painted.ts";
import { photographOf } from "./_photograph.ts";
import { layerOf, roleIn } from "./_roles.ts";
import { AS_SCRIPT } from "./bytes.ts";
import { isSmall } from "./components/Card.tsx";
import type { Shown, ViewerProps } from "./islands/Viewer.tsx";
import { paths, type Site } from "./site.ts";

/** What files are called, by their roles. */
export const LABELS: Readonly<Record<RunFile["role"], string>> = {
  input: "what the network saw",
  map: "map",
  overlay: "overlay",
  figure: "figure",
  frame: "frame",
  final: "result",
  animation: "animation",
  losses: "loss curve",
  values: "raw values",
};

/** The step after which a frame was kept. */
export const stepOf = (file: RunFile) => Number(/(\d+)\.\w+$/.exec(file.name)?.[1] ?? 0);

/** How the map is painted, where that is known. */
function mapProps({ result }: Manifest): ViewerProps["map"] {
  const palette = paletteIn(result);
  return palette && { palette, signed: isDivergingRun(result) };
}

function barProps({ result }: Manifest): ViewerProps["bar"] {
  const { colors, scale, palette } = result;
  if (!colors || !scale) return undefined;
  return { colors, palette, diverging: isDivergingRun(result), ...scale };
}

/** What the viewer shows: the map over the input, or the frames and the result over the start. */
export function viewerProps(
  id: string,
  manifest: Manifest,
  { href, live }: Site,
): ViewerProps | undefined {
  const { files, technique, result } = manifest;
  const first = (role: RunFile["role"]) => files.find((file) => file.role === role && file.width);
  const top = first("map") ?? first("final") ?? coverOf(manifest);
  if (!top) return undefined;
  const same = (file: RunFile) => file.width === top.width && file.height === top.height;
  const show = (file: RunFile, label: string, step?: number): Shown => ({
    src: href(paths.file(id, file.name)),
    label,
    step,
  });
  const kept = files.filter((file) => file.role === "frame" && same(file));
  const frames = kept.map((file) => show(file, `step ${stepOf(file)}`, stepOf(file)));
  // the last frame is the result, unless the run had to go back
  if (kept.at(-1)?.sha256 !== top.sha256) frames.push(show(top, LABELS[top.role]));
  const input = first("input"), values = files.find(({ role }) => role === "values");
  const attribution = top.role === "map", size = { width: top.width!, height: top.height! };
  const photograph = attribution ? photographOf(manifest, size) : undefined;
  return {
    label: technique.title,
    subject: subjectOf(manifest),
    width: top.width!,
    height: top.height!,
    before: input && input !== top && same(input)
      ? show(input, attribution ? "picture" : "start")
      : undefined,
    after: frames,
    opacity: attribution ? shareOf(roleIn(manifest, "overlay")) : 1,
    small: isSmall(size),
    // a page that is opened as a file can load scripts alone
    values: values && href(paths.file(id, values.name) + (live ? "" : AS_SCRIPT)),
    map: attribution ? mapProps(manifest) : undefined,
    bar: barProps(manifest),
    photograph: photograph && { ...photograph, src: href(paths.file(id, photograph.file)) },
    losses: lossPoints(result.losses ?? []),
  };
}

/** How much of the map the overlay has. */
const shareOf = (overlay: unknown): number => typeof overlay === "number" ? overlay : 0.6;

/** What a run is of, in a line. */
function subjectOf(manifest: Manifest): string {
  const { target, image } = manifest;
  return target
    ? [target.label, image?.name].filter(Boolean).join(" in ")
    : [layerOf(manifest), image?.name].filter(Boolean).join(" · ");
}
