/** @jsxImportSource npm:preact@10.29.8 */
/** A run: its pictures, its numbers, and how it was made. */
import { words } from "../../core/text.ts";
import { modelName } from "../../run/model_name.ts";
import type { Score } from "../../run/scores.ts";
import { techniques } from "../../techniques/mod.ts";
import { layerOf } from "../_roles.ts";
import { inLabels } from "../_say.ts";
import { LABELS, viewerProps } from "../_viewed.ts";
import { MOST_COMPARED } from "../compared.ts";
import { CopyButton } from "../islands/CopyButton.tsx";
import { Tray } from "../islands/Tray.tsx";
import { Viewer } from "../islands/Viewer.tsx";
import { paths, useSite } from "../site.ts";
import { Bars } from "./Bars.tsx";
import { allShown, Facts, line } from "./Facts.tsx";
import { bytes, dateTime, duration, short } from "./format.ts";
import { Island } from "./Island.tsx";
import { Actions, type Given, Neighbours } from "./RunActions.tsx";
import { RunNotes } from "./RunNotes.tsx";
import { Scores } from "./Scores.tsx";
import { Section } from "./Section.tsx";
import { UnderMicroscope, type Way } from "./UnderMicroscope.tsx";
import { Frames, Strip } from "./Strip.tsx";

/** What every run has beside the files of its results. */
const MANIFEST = { name: "manifest.json", role: undefined, bytes: undefined };

/** The beginning of a hash: enough to tell files apart; the manifest has the rest. */
const Hash = ({ hex }: { hex: string }) => <code title={hex}>{hex.slice(0, 16)}…</code>;

/**
 * @param ways to what it shows under the microscope
 * @param scores what metrics have said of it
 * @param judgeCommand what would judge it
 */
export function RunView({ ways, scores, judgeCommand, ...given }: Given & {
  readonly ways: readonly Way[];
  readonly scores: readonly Score[];
  readonly judgeCommand: string;
}) {
  const { id, manifest, query, place } = given;
  const site = useSite(), { href, live } = site;
  const { technique, options, model, image, target, predicted, backend, result, files } = manifest;
  const viewer = viewerProps(id, manifest, site);
  // of two animations, the one that every program shows
  const pictures = files.filter((file) =>
    file.width && file.role !== "frame" && file === files.find(({ role }) => role === file.role)
  );
  const { diagnosis } = result;
  const figures = Object.entries(result.figures ?? {})
    .filter(([name, value]) => options[name] !== value);
  return (
    <article class="run">
      <header>
        {place && <Neighbours query={query} place={place} />}
        <h1>{technique.title}</h1>
        <p class="lead">
          {target
            ? (
              <>
                What speaks for <strong>{target.label}</strong>
                {image && ` in ${image.name}`}
              </>
            )
            : [layerOf(manifest), image?.name].filter(Boolean).join(" · ")}
        </p>
        <Actions {...given} />
        <UnderMicroscope ways={ways} />
      </header>
      <div class="columns">
        <div>
          {viewer ? <Island of={Viewer} props={viewer} /> : <p>This run has no picture.</p>}
          <Strip id={id} files={pictures} label={({ role }) => LABELS[role]} />
          <Section title="Repeat it">
            <div class="command">
              <pre tabIndex={0} aria-label="Command"><code>{manifest.command}</code></pre>
              <Island of={CopyButton} props={{ text: manifest.command }} />
            </div>
          </Section>
          <Section title="Files">
            <ul class="files">
              {[...files.filter(({ role }) => role !== "frame"), MANIFEST].map((
                { name, bytes: n, role },
              ) => (
                <li key={name}>
                  <a href={href(paths.file(id, name))} download={`${id}-${name}`}>{name}</a>
                  <span class="quiet">
                    {role ? ` ${LABELS[role]}` : " all that is known about the run"}
                  </span>
                  {n !== undefined && <span class="quiet">{`, ${bytes(n)}`}</span>}
                </li>
              ))}
            </ul>
            <Frames id={id} files={files.filter(({ role }) => role === "frame")} />
          </Section>
        </div>
        <div>
          {predicted && predicted.length > 0 && (
            <Section title="What the network says">
              <Bars predicted={predicted} target={target} />
            </Section>
          )}
          <Section title="Diagnosis">
            {diagnosis.length > 0
              ? (
                <ul class="diagnosis">
                  {diagnosis.map((note) => <li key={note}>{inLabels(note)}</li>)}
                </ul>
              )
              : <p class="quiet">Nothing stood out.</p>}
          </Section>
          <Scores
            id={id}
            scores={scores}
            command={live && target ? judgeCommand : undefined}
          />
          {figures.length > 0 && (
            <Section title="Figures">
              <Facts
                facts={Object.fromEntries(figures.map((
                  [name, value],
                ) => [words(name), typeof value === "string" ? value : short(value)]))}
              />
            </Section>
          )}
          <RunNotes {...given} />
          <Section title="Options">
            <Facts
              facts={{
                ...allShown(options),
                ...(target?.expression === undefined ? {} : { target: target.expression }),
                seed: String(manifest.seed),
              }}
            />
          </Section>
          <Section title="How it was made">
            <Facts
              facts={{
                when: <time dateTime={manifest.createdAt}>{dateTime(manifest.createdAt)}</time>,
                took: duration(manifest.durationMs),
                technique: techniques.has(technique.id)
                  ? <a href={href(paths.technique(technique.id))}>{technique.title}</a>
                  : technique.title,
                model: (
                  <a href={href(paths.model(model.id))} title={model.id}>{modelName(model.id)}</a>
                ),
                weights: <span title={model.weights.source}>{modelName(model.weights.source)}
                </span>,
                "weights’ SHA-256": <Hash hex={model.weights.sha256} />,
                picture: image && `${image.name}, ${image.width} × ${image.height}`,
                "picture’s SHA-256": image && <Hash hex={image.sha256} />,
                preprocessing: line(allShown(model.preprocess)),
                backend: `${backend.name}, ${backend.adapter}`,
                versions: line(manifest.versions),
              }}
            />
          </Section>
        </div>
      </div>
      {live && (
        <p>
          <a href={href(`/?technique=${encodeURIComponent(technique.id)}`)}>
            {`More runs of ${technique.title}`}
          </a>
        </p>
      )}
      <Island of={Tray} props={{ compare: href("/compare"), most: MOST_COMPARED }} />
    </article>
  );
}
