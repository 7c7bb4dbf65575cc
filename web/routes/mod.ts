/** The gallery's addresses, and how any host answers them. */
import type { Page } from "../components/Document.tsx";
import { sendStatic } from "../files.ts";
import type { Gallery } from "../gallery.ts";
import { stream } from "../_sse.ts";
import { faultPage } from "./_fault.tsx";
import { type Answer, get, missing, paramsOf, pathOf, type Route, unreadable } from "./_route.ts";
import { compareRoutes } from "./compare.tsx";
import { explainRoutes } from "./explain.tsx";
import { indexRoutes } from "./home.tsx";
import { jobRoutes } from "./jobs.tsx";
import { judgeRoutes } from "./judge.tsx";
import { keepRoutes } from "./keep.tsx";
import { layerRoutes } from "./layers.tsx";
import { newRoutes } from "./new.tsx";
import { microscopeRoutes } from "./microscopes.tsx";
import { modelRoutes } from "./models.tsx";
import { pictureRoutes } from "./pictures.ts";
import { objectiveRoutes } from "./objective.ts";
import { runRoutes } from "./run.tsx";
import { techniqueRoutes } from "./techniques.tsx";

export { faultPage, unreadable };
export type { Answer, Route };

const plumbing = [
  get("/static/:name", async ({ request, params }) => {
    const sent = await sendStatic(request, params.name);
    if (!sent) throw missing("There is no such file.");
    return sent;
  }),
  get("/events", ({ gallery: { index, jobs } }) =>
    stream((send) => {
      const told = () => send({ version: index.version }, "changed");
      send({ version: index.version }, "known"); // it may have changed since the page was made
      const stops = [
        index.watch(told),
        jobs?.watch(({ step, state }) => {
          if (step === 0 || state !== "running") told();
        }),
      ];
      return () => stops.forEach((stop) => stop?.());
    })),
];

export const routes: readonly Route[] = [
  ...indexRoutes,
  ...runRoutes,
  ...keepRoutes,
  ...compareRoutes,
  ...judgeRoutes,
  ...techniqueRoutes,
  ...modelRoutes,
  ...layerRoutes,
  ...microscopeRoutes,
  ...objectiveRoutes,
  ...pictureRoutes,
  ...explainRoutes,
  ...newRoutes,
  ...jobRoutes,
  ...plumbing,
];

/** Answers with a route; what goes wrong becomes a page. */
export async function answer(route: Route, request: Request, gallery: Gallery): Promise<Answer> {
  try {
    const url = new URL(request.url);
    return await route.answer({ request, url, gallery, params: paramsOf(route, pathOf(request)) });
  } catch (error) {
    return faultPage(error, gallery);
  }
}

/** What is said of an address that no route answers. */
export const noPage = (request: Request, gallery: Gallery): Page =>
  faultPage(missing(`There is no page ${pathOf(request)}.`), gallery);
