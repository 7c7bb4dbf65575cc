/** @jsxImportSource npm:preact@10.29.8 */
/** What is kept of runs: notes and tags beside them, and those that were deleted, for a while. */
import { UserError } from "../../core/errors.ts";
import { readForm } from "../_form.ts";
import type { Page } from "../components/Document.tsx";
import { dateTime } from "../components/format.ts";
import type { Gallery } from "../gallery.ts";
import { tagsIn, writeNotes } from "../notes.ts";
import { queryOf, searchOf } from "../run_query.ts";
import { paths, useSite } from "../site.ts";
import {
  empty,
  forgetOld,
  KEPT_DAYS,
  restore,
  runIn,
  throwAway,
  type Thrown,
  thrownIn,
} from "../trash.ts";
import { get, jobsOf, missing, post, redirect } from "./_route.ts";

/** Says that a run has just been deleted, and takes it back. */
export function Deleted({ name }: { name: string }) {
  const { href } = useSite();
  return (
    <form class="deleted" action={href(paths.restore(name))} method="post">
      <p>
        {`Deleted ${runIn(name)?.id}. It stays in the `}
        <a href={href("/trash")}>trash</a>
        {` for ${KEPT_DAYS} days.`}
      </p>
      <button type="submit">Undo</button>
    </form>
  );
}

function Trash({ thrown }: { thrown: readonly Thrown[] }) {
  const { href } = useSite();
  return (
    <>
      <h1>Trash</h1>
      <p class="lead">
        {thrown.length === 0
          ? "Nothing is in it."
          : `Deleted runs stay here for ${KEPT_DAYS} days, then they go for good.`}
      </p>
      <ul class="trash">
        {thrown.map(({ name, id, deletedAt }) => (
          <li key={name}>
            <form action={href(paths.restore(name))} method="post">
              <span>{id}</span>
              <span class="quiet">{`deleted ${dateTime(deletedAt.toISOString())}`}</span>
              <button type="submit">
                Bring back<span class="hidden">{` ${id}`}</span>
              </button>
            </form>
          </li>
        ))}
      </ul>
      {thrown.length > 0 && (
        <form action={href("/trash/empty")} method="post">
          <button type="submit">Empty the trash for good</button>
        </form>
      )}
      <p>
        <a href={href("/")}>Back to the runs</a>
      </p>
    </>
  );
}

const trashPage = (thrown: readonly Thrown[]): Page => ({
  title: "Trash",
  section: "runs",
  body: <Trash thrown={thrown} />,
});

/** Names come from the folder's own listing, so that no path leads elsewhere. */
async function known({ index }: Gallery, id: string): Promise<string> {
  await index.refreshIfChanged();
  if (!index.has(id)) {
    throw missing(`There is no run "${id}": it may have been removed or renamed.`);
  }
  return id;
}

const fieldOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};

export const keepRoutes = [
  post("/runs/:id/notes", async ({ gallery, params, request, url }) => {
    jobsOf(gallery);
    const id = await known(gallery, params.id), form = await readForm(request);
    const notes = { note: fieldOf(form, "note"), tags: tagsIn(fieldOf(form, "tags")) };
    try {
      await writeNotes(`${gallery.folder}/${id}`, notes);
    } catch (error) {
      throw new UserError(
        `Cannot keep a note beside the run "${id}": it cannot be written there.`,
        {
          cause: error,
        },
      );
    }
    await gallery.index.recheck([id]);
    return redirect(`${paths.run(id)}${searchOf(queryOf(url.searchParams))}#notes`);
  }),
  post("/runs/:id/delete", async ({ gallery, params, url }) => {
    jobsOf(gallery);
    const name = await throwAway(gallery.folder, await known(gallery, params.id));
    await gallery.index.refresh();
    await forgetOld(gallery.folder).catch(gallery.onFault);
    const query = new URLSearchParams(searchOf(queryOf(url.searchParams)));
    query.set("deleted", name);
    return redirect(`/?${query}`);
  }),
  get("/trash", async ({ gallery }) => {
    jobsOf(gallery);
    return trashPage(await thrownIn(gallery.folder));
  }),
  post("/trash/empty", async ({ gallery }) => {
    jobsOf(gallery);
    await empty(gallery.folder, new Date(8.64e15));
    return redirect("/trash");
  }),
  post("/trash/:name/restore", async ({ gallery, params }) => {
    jobsOf(gallery);
    const id = await restore(gallery.folder, params.name);
    await gallery.index.refresh();
    return redirect(paths.run(id));
  }),
];
