/**
 * Every technique there is, on the pictures and the networks that come with Phosphene: a first look
 * without weights to find and without a connection.
 *
 *     deno task demo [FOLDER]
 */
import {
  execute,
  loadImage,
  loadModel,
  type Model,
  optionsByRole,
  saveRun,
  type SourcePicture,
  type Technique,
  techniques,
  UserError,
} from "../mod.ts";

/** Channels of the built-in networks that show something recognizable. */
const CHANNELS: Readonly<Record<string, readonly { layer: string; channel: number }[]>> = {
  "phosphene-resnet": [{ layer: "layer4", channel: 16 }, { layer: "layer4", channel: 88 }],
  "phosphene-vgg": [{ layer: "features.32", channel: 65 }],
};
/** Gentler than the techniques' own defaults: sixty steps of Adam show more than they burn. */
const DREAM = { steps: 60, optimizer: "adam", learningRate: 0.03, weightDecay: 0, saveEvery: 10 };
/** Options of techniques whose defaults take long or burn. */
const GENTLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "rise": { masks: 1500 }, // by its own 4000 it takes half the time of all
  "deepdream": DREAM,
  "filter-viz": DREAM,
  "feature-viz": { steps: 160, saveEvery: 16, size: "96x96" },
  "class-viz": { class: "cat", size: "96x96" },
  "feature-inversion": { steps: 96, saveEvery: 16 },
  "caricature": { steps: 96, saveEvery: 16 },
};

interface Job {
  readonly technique: Technique;
  readonly model: Model;
  readonly image?: SourcePicture;
  readonly options: Record<string, unknown>;
}

const picture = (name: string) => loadImage(new URL(`images/${name}.png`, import.meta.url));

function jobsFor(model: Model, images: readonly SourcePicture[]): Job[] {
  const jobs: Job[] = [];
  [...techniques].forEach((technique, i) => {
    const gentle = GENTLE[technique.id] ?? {};
    if (technique.kind === "attribution") {
      jobs.push({ technique, model, image: images[i % images.length], options: gentle });
      return;
    }
    const image = technique.picture === "none" ? undefined : images[i % images.length];
    const looksAtOne = "channel" in technique.options.shape;
    for (const channel of CHANNELS[model.id].slice(0, looksAtOne ? undefined : 1)) {
      const options = {
        ...(looksAtOne ? optionsByRole(technique.options, { ...channel, size: "192x192" }) : {}),
        ...gentle,
      };
      jobs.push({ technique, model, image, options });
    }
  });
  return jobs;
}

/** Runs a job, telling how far it is on one line where that line can be rewritten. */
async function run({ technique, model, image, options }: Job, title: string, out: string) {
  const live = Deno.stderr.isTerminal();
  const say = (text: string) =>
    live && Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[2K${title} ${text}`));
  say("…");
  const steps = execute(technique, { model, image, options });
  let next = await steps.next();
  for (; !next.done; next = await steps.next()) say(`${next.value.step}/${next.value.of}`);
  const { path } = await saveRun(next.value, out);
  if (live) say("\r\x1b[2K");
  console.log(`${title} ${(next.value.durationMs / 1000).toFixed(1)} s  ${path}`);
}

const out = Deno.args[0] ?? "runs", started = performance.now();
try {
  const images = await Promise.all(["butterfly-12", "cat-4", "mushroom-21"].map(picture));
  const jobs = jobsFor(await loadModel("phosphene-resnet"), images);
  jobs.push(
    ...jobsFor(await loadModel("phosphene-vgg"), images.slice(1))
      .filter(({ technique: { id, kind } }) => kind === "visualization" || id === "grad-cam"),
  );
  console.log(`${jobs.length} runs of ${techniques.ids.length} techniques, into ${out}/`);
  for (const [i, job] of jobs.entries()) {
    const on = job.image ? ` on ${job.image.name}` : "";
    const title = `[${i + 1}/${jobs.length}] ${job.technique.id} of ${job.model.id}${on}`;
    await run(job, title, out);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `\nDone in ${seconds} s. The pictures are in ${out}/: map.png, overlay.png, final.png.`,
  );
  console.log(`Look at them in a browser: deno task gallery`);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`error: ${error.message}`);
  Deno.exit(2);
}
