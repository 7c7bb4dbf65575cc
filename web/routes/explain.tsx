/** @jsxImportSource npm:preact@10.29.8 */
/** `/explain`: a picture, what a network says of it, and why. */
import { UserError } from "../../core/errors.ts";
import { colourMaps } from "../../image/colour_maps.ts";
import { encodePng } from "../../image/mod.ts";
import { stopsOf } from "../../image/render.ts";
import { techniques } from "../../techniques/mod.ts";
import type { Question } from "../_explained.ts";
import { pictureOfRun } from "../_again.ts";
import { readForm } from "../_form.ts";
import { readManifest } from "../_manifest.ts";
import { picturesOf } from "../_pictures_sent.ts";
import { lineOf } from "../_news_text.ts";
import type { Page } from "../components/Document.tsx";
import { Island } from "../components/Island.tsx";
import { PlainWall } from "../components/PlainWall.tsx";
import { PictureForm } from "../components/PictureForm.tsx";
import type { Explainer } from "../explainer.ts";
import type { Gallery } from "../gallery.ts";
import { Explain, type ExplainProps } from "../islands/Explain.tsx";
import { explainerOf, first, modelOf, png, subjectOf } from "./_ask.ts";
import { get, missing, post, redirect } from "./_route.ts";

function classOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UserError(`"${text}" is not the number of a class.`);
}

const attributions = () => [...techniques].filter(({ kind }) => kind === "attribution");

function techniquesOf(params: URLSearchParams): string[] {
  const known = attributions().map(({ id }) => id), wanted = params.get("techniques");
  return wanted === null ? known : known.filter((id) => wanted.split(",").includes(id));
}

/** What is heard of a question as lines of JSON, until the browser leaves. */
function lines(explainer: Explainer, question: Question): Response {
  const gone = new AbortController(), news = explainer.ask(question, gone.signal);
  const encoder = new TextEncoder();
  const write = (value: Parameters<typeof lineOf>[0]) => encoder.encode(lineOf(value) + "\n");
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await news.next();
        if (gone.signal.aborted) return;
        if (next.done) controller.close();
        else controller.enqueue(write(next.value));
      } catch (error) {
        if (!(error instanceof UserError)) explainer.settings.onFault(error as Error);
        controller.enqueue(write({ type: "failed", message: (error as Error).message }));
        controller.close();
      }
    },
    cancel() {
      gone.abort();
      news.return().catch(() => {}); // what it would still have said
    },
  });
  const headers = { "content-type": "application/x-ndjson", "cache-control": "no-store" };
  return new Response(body, { headers });
}

async function propsOf(gallery: Gallery, params: URLSearchParams): Promise<ExplainProps> {
  const token = params.get("picture") ?? "", { uploads } = gallery;
  const kept = uploads.has(token) ? uploads.get(token) : undefined;
  return {
    picture: kept && { token, name: kept.name },
    questions: ["", "2"].flatMap((n) => {
      const model = params.get(`model${n}`), wanted = params.get(`class${n}`);
      if (n && model === null && wanted === null) return [];
      return [{
        model: modelOf(gallery, model).id,
        class: classOf(wanted),
      }];
    }),
    models: gallery.models.map(({ id }) => id),
    techniques: attributions().map(({ id, title, short = title, summary }) => ({
      id,
      title,
      short,
      summary,
    })),
    colours: await Promise.all([...colourMaps].map(async ({ id, title, diverging }) => ({
      id,
      title,
      diverging,
      stops: await stopsOf(id, 256),
    }))),
    samples: gallery.samples.map(({ name }) => name),
    lost: token !== "" && !kept,
  };
}

async function explainPage(gallery: Gallery, params: URLSearchParams): Promise<Page> {
  const explainer = explainerOf(gallery), props = await propsOf(gallery, params);
  if (gallery.models.length > 0) explainer.prepare(modelOf(gallery, props.questions[0].model));
  const { picture } = props;
  return {
    title: picture ? `Explain ${picture.name}` : "Explain a picture",
    section: "explain",
    wide: true,
    body: (
      <article class="explain">
        {props.lost && <p class="fault" role="alert">{LOST}</p>}
        <noscript>
          <PictureForm models={props.models} samples={gallery.samples} />
        </noscript>
        <Island of={Explain} props={props} />
      </article>
    ),
  };
}

const LOST =
  "This picture is not kept any more: the gallery was restarted, or others came since. " +
  "Choose it once more.";

/** Token of the picture that a form sends or chooses. */
async function brought(form: FormData, gallery: Gallery): Promise<string> {
  const { pictures: [picture] } = await picturesOf(form, gallery);
  if (!picture) throw new UserError("Choose a picture to explain.", { code: "no-picture" });
  if ("fault" in picture) throw new UserError(picture.fault);
  return picture.token;
}

/** Where the picture of a run is explained, by the network that it was asked of. */
async function explainRun(gallery: Gallery, id: string): Promise<Response> {
  await gallery.index.refreshIfChanged();
  const read = gallery.index.has(id) ? await readManifest(`${gallery.folder}/${id}`) : undefined;
  if (!read?.manifest) throw missing(`There is no run "${id}" that can be read.`);
  const { manifest } = read, picture = await pictureOfRun(gallery, id, manifest);
  if (!picture) throw missing(`The picture of the run "${id}" is not there any more.`);
  const { model, target } = manifest, params = new URLSearchParams({ picture });
  if (gallery.models.some(({ id }) => id === model.id)) {
    params.set("model", model.id);
    if (target) params.set("class", String(target.index));
  }
  return redirect(`/explain?${params}`);
}

export const explainRoutes = [
  get("/explain", ({ gallery, url: { searchParams } }) => {
    const run = searchParams.get("run");
    explainerOf(gallery);
    return run === null ? explainPage(gallery, searchParams) : explainRun(gallery, run);
  }),
  // asked as soon as somebody drags a picture over a page
  get("/explain/ready", ({ gallery }) => {
    explainerOf(gallery).prepare(modelOf(gallery, null));
    return new Response(null, { status: 204 });
  }),
  get(
    "/explain/answers",
    ({ gallery, url: { searchParams } }) =>
      lines(explainerOf(gallery), { kind: "answers", subject: subjectOf(gallery, searchParams) }),
  ),
  get("/explain/classes", ({ gallery, url: { searchParams } }) =>
    lines(explainerOf(gallery), {
      kind: "classes",
      model: modelOf(gallery, searchParams.get("model")),
    })),
  get("/explain/maps", ({ gallery, url: { searchParams } }) =>
    lines(explainerOf(gallery), {
      kind: "maps",
      subject: subjectOf(gallery, searchParams),
      class: classOf(searchParams.get("class")),
      techniques: techniquesOf(searchParams),
      patient: searchParams.has("patient"),
    })),
  post("/explain/keep", async ({ gallery, request }) => {
    const explainer = explainerOf(gallery), form = await readForm(request);
    const params = new URLSearchParams(
      [...form].flatMap(([name, value]) => typeof value === "string" ? [[name, value]] : []),
    );
    return lines(explainer, {
      kind: "keep",
      subject: subjectOf(gallery, params),
      class: classOf(params.get("class")),
      techniques: techniquesOf(params),
      patient: true,
    });
  }),
  get("/explain/overlay.png", async ({ gallery, url: { searchParams } }) => {
    const explainer = explainerOf(gallery), technique = searchParams.get("technique") ?? "";
    if (!techniques.has(technique)) throw missing(`There is no technique "${technique}" here.`);
    const subject = subjectOf(gallery, searchParams);
    const question: Question = {
      kind: "overlay",
      subject,
      class: classOf(searchParams.get("class")),
      technique,
    };
    return png((await first(explainer, question, "picture")).png);
  }),
  get("/explain/seen.png", async ({ gallery, url: { searchParams } }) => {
    const question = { kind: "answers", subject: subjectOf(gallery, searchParams) } as const;
    const { seen: { width, height, rgb } } = await first(explainerOf(gallery), question, "answers");
    return png(await encodePng({ width, height, data: new Uint8ClampedArray(rgb) }));
  }),
  post("/explain/plain", async ({ gallery, request }) => {
    explainerOf(gallery);
    const form = await readForm(request), model = modelOf(gallery, String(form.get("model")));
    const params = new URLSearchParams({ picture: await brought(form, gallery), model: model.id });
    return redirect(`/explain/plain?${params}`);
  }),
  get("/explain/plain", async ({ gallery, url: { searchParams } }) => {
    const explainer = explainerOf(gallery), subject = subjectOf(gallery, searchParams);
    const { classes } = await first(explainer, { kind: "answers", subject }, "answers");
    const { picture: { token, name }, model } = subject;
    return {
      title: `Explain ${name}`,
      section: "explain",
      body: (
        <PlainWall
          picture={{ token, name }}
          model={model.id}
          classes={classes}
          explained={classOf(searchParams.get("class"))}
          techniques={attributions()}
        />
      ),
    };
  }),
];
