/** @jsxImportSource npm:preact@10.29.8 */
/** A report as one page. */
import { renderToString } from "../../deps/preact_render_to_string.ts";
import type { ComponentChildren } from "../../deps/preact.ts";
import { platform } from "../../platform/mod.ts";
import { unwritable } from "../../run/folder.ts";
import { modelName } from "../../run/model_name.ts";
import type { Assessed, Report } from "../../report/data.ts";
import { isPreparedOddly } from "../../report/fit.ts";
import { percent, plural } from "../components/format.ts";
import { Frame } from "../components/Frame.tsx";
import { Section } from "../components/Section.tsx";
import { STATIC, STATIC_FILES } from "../files.ts";
import { type Site, SiteContext } from "../site.ts";
import { share } from "./_shares.ts";
import { Idle } from "./Idle.tsx";
import { Preparations } from "./Preparations.tsx";
import { Shortcuts } from "./Shortcuts.tsx";
import { Summary } from "./Summary.tsx";

/** The page lies beside what it shows. */
const site: Site = {
  href: (path) => path === "/" ? "index.html" : path.replace(/^\//, ""),
  writable: false,
  live: false,
};

/** Pictures with their maps. */
function Wall({ pictures, caption }: {
  readonly pictures: readonly Assessed[];
  caption(picture: Assessed): ComponentChildren;
}) {
  return (
    <ul class="assessed">
      {pictures.map((picture) => (
        <li key={picture.overlay}>
          <img src={picture.seen} alt={`${picture.name}, as the network sees it`} loading="lazy" />
          <img
            src={picture.overlay}
            alt={`Where the evidence lies in ${picture.name}`}
            loading="lazy"
          />
          <p>
            {picture.name}
            <span class="quiet">{caption(picture)}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

const answerOf = ({ answers: [{ label, probability }] }: Assessed) =>
  `${label}${probability === undefined ? "" : `, ${percent(probability)}`}`;

/** The whole page. */
function ReportPage({ report }: { report: Report }) {
  const { pictures, mistakes, wrongReasons, confusions, bad } = report;
  const isOdd = isPreparedOddly(report.prepared);
  const preparations = <Preparations ways={report.prepared} />;
  const at = (places: readonly number[]) => places.map((place) => pictures[place]);
  return (
    <Frame title={modelName(report.model)} brand="Report" nav={null}>
      <h1>{`What to know of ${modelName(report.model)}`}</h1>
      <p class="lead">
        {`${plural(pictures.length, "picture")}, explained by ${report.technique}.`}
      </p>
      <Summary report={report} />
      {isOdd && preparations}
      <Shortcuts shortcuts={report.shortcuts} />
      {mistakes.length > 0 && (
        <Section title="Confident mistakes">
          <Wall
            pictures={at(mistakes)}
            caption={(picture) => `${picture.class}, taken for ${answerOf(picture)}`}
          />
        </Section>
      )}
      {confusions.length > 0 && (
        <Section title="Classes confused">
          <div class="scroll" tabIndex={0} role="group" aria-label="Classes confused">
            <table class="scores">
              <thead>
                <tr>
                  <th scope="col">Class</th>
                  <th scope="col">Taken for</th>
                  <th scope="col">Pictures</th>
                </tr>
              </thead>
              <tbody>
                {confusions.slice(0, 20).map(({ class: own, answer, count }) => (
                  <tr key={`${own} ${answer}`}>
                    <th scope="row">{own}</th>
                    <td>{answer}</td>
                    <td>{count}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
      {wrongReasons.length > 0 && (
        <Section title="Right, with the evidence beside the thing">
          <Wall
            pictures={at(wrongReasons)}
            caption={(picture) =>
              `${answerOf(picture)}: ${
                share(picture.onThing!.evidence)
              } of the evidence on the thing, ` +
              `which is ${share(picture.onThing!.area)} of the picture`}
          />
        </Section>
      )}
      <Idle report={report} />
      {!isOdd && preparations}
      {bad.length > 0 && (
        <Section title="Pictures that could not be looked at">
          <ul>{bad.map(({ name, reason }) => <li key={name}>{`${name}: ${reason}`}</li>)}</ul>
        </Section>
      )}
    </Frame>
  );
}

/** Writes a report: `report.json`, `index.html`, and the styles. @throws UserError where that cannot be. */
export async function writeReport(report: Report, out: string): Promise<void> {
  const html = "<!doctype html>" + renderToString(
    <SiteContext.Provider value={site}>
      <ReportPage report={report} />
    </SiteContext.Provider>,
  );
  try {
    await platform.makeFolder(`${out}/static`);
    for (const name of STATIC_FILES) {
      await platform.writeFile(
        `${out}/static/${name}`,
        await platform.readFile(new URL(name, STATIC)),
      );
    }
    const encode = (text: string) => new TextEncoder().encode(text);
    await platform.writeWhole(`${out}/report.json`, encode(`${JSON.stringify(report)}\n`));
    await platform.writeWhole(`${out}/index.html`, encode(html));
  } catch (error) {
    throw platform.fault(error) ? unwritable(out, error) : error;
  }
}
