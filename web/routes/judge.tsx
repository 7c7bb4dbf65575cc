/** @jsxImportSource npm:preact@10.29.8 */
/** `/judge?run=…`: how good explanations are. */
import { UserError } from "../../core/errors.ts";
import type { Fields } from "../_fields.ts";
import { readForm } from "../_form.ts";
import {
  type JudgedRuns,
  judgedRuns,
  type JudgeFault,
  judgeFields,
  judgingOf,
} from "../_judging.ts";
import { maskOf } from "../_pictures_sent.ts";
import type { Page } from "../components/Document.tsx";
import { JudgeForm } from "../components/JudgeForm.tsx";
import type { Gallery } from "../gallery.ts";
import { paths, useSite } from "../site.ts";
import { get, jobsOf, post, redirect } from "./_route.ts";

/** What a form begins with. */
interface Begun {
  readonly fields?: Fields;
  readonly fault?: JudgeFault;
}

function Runs({ runs }: JudgedRuns) {
  const { href } = useSite();
  return (
    <ul class="judged">
      {runs.map(({ id, manifest: { technique, target, image } }) => (
        <li key={id}>
          <a href={href(paths.run(id))}>
            <img src={href(paths.thumbnail(id))} alt="" width={64} height={64} loading="lazy" />
            {`${technique.title}, ${target?.label}`}
            {image && <span class="quiet">{` in ${image.name}`}</span>}
          </a>
        </li>
      ))}
    </ul>
  );
}

function formPage({ uploads }: Gallery, judged: JudgedRuns, { fields, fault }: Begun): Page {
  const { runs, notes } = judged, token = fields?.get("kept-mask") ?? "";
  const kept = uploads.has(token) ? { token, name: uploads.get(token).name } : undefined;
  return {
    title: `${fault ? "Please check: " : ""}Judge`,
    section: "runs",
    status: fault ? 422 : 200,
    body: (
      <article class="about">
        <header>
          <h1>Judge</h1>
          <p class="lead">
            How good is an explanation? Each metric asks one question of it, and each can be fooled:
            ask more than one.
          </p>
        </header>
        {notes.map((note) => <p class="fault" key={note}>{note}</p>)}
        {runs.length > 0
          ? (
            <>
              <Runs {...judged} />
              <JudgeForm judged={judged} fields={fields} kept={kept} fault={fault} />
            </>
          )
          : (
            <p>
              Nothing is chosen that can be judged here: open a run of an attribution, and press
              Judge.
            </p>
          )}
      </article>
    ),
  };
}

export const judgeRoutes = [
  get("/judge", async ({ gallery, url: { searchParams } }) => {
    jobsOf(gallery).prepare(); // while the form is filled in
    const judged = await judgedRuns(gallery, searchParams.getAll("run"));
    const fields = judgeFields(searchParams);
    return formPage(gallery, judged, fields.size > 0 ? { fields } : {});
  }),
  post("/judge", async ({ gallery, request }) => {
    const jobs = jobsOf(gallery), form = await readForm(request);
    const ids = form.getAll("run").filter((id) => typeof id === "string");
    const judged = await judgedRuns(gallery, ids);
    let fields = judgeFields(form);
    if (judged.runs.length === 0) return formPage(gallery, judged, { fields });
    try {
      const mask = await maskOf(form, gallery, judged.mask);
      // one that came is kept: whatever else does not fit, it need not come again
      if (mask && mask.token !== judged.mask) fields = new Map(fields).set("kept-mask", mask.token);
      const wanted = judgingOf(fields, gallery, judged, mask);
      if ("error" in wanted) return formPage(gallery, judged, { fields, fault: wanted });
      return redirect(paths.job(jobs.add(wanted, fields).id));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return formPage(gallery, judged, { fields, fault: { error } });
    }
  }),
];
