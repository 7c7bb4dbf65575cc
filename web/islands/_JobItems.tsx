/** @jsxImportSource npm:preact@10.29.8 */
/** What comes of a job, one by one. */
import type { ItemNews } from "../_job_news.ts";

const WORDS: Partial<Record<ItemNews["state"], string>> = {
  queued: "waiting",
  running: "under way",
  cancelled: "cancelled",
};

export const JobItems = ({ items, title }: { items: readonly ItemNews[]; title: string }) => (
  <section>
    <h2>{title}</h2>
    <ol class="items">
      {items.map(({ n, label, state, run, thumbnail, found, message }) => (
        <li key={n} class={state}>
          {run
            ? (
              <a href={run}>
                <img src={thumbnail} alt="" width={96} height={96} loading="lazy" />
                {label}
              </a>
            )
            : (
              <span>
                <span class="blank" aria-hidden="true">
                  <span class={`dot ${state}`} />
                </span>
                {label}
              </span>
            )}
          {found && <span class="quiet">there already</span>}
          {WORDS[state] && <span class="quiet">{WORDS[state]}</span>}
          {message && <p class="mistake">{message}</p>}
        </li>
      ))}
    </ol>
  </section>
);
