/** @jsxImportSource npm:preact@10.29.8 */
/** What a cancelled run had come to. */
import type { JobNews } from "../_job_news.ts";

export const KeptFrames = ({ kept }: Pick<JobNews, "kept">) => (
  <section>
    <h2>What it had come to</h2>
    <p class="quiet">
      These pictures are kept until the gallery is closed, or others come; save those that you like.
    </p>
    <ul class="strip">
      {kept.map(({ step, src }) => (
        <li key={step}>
          <a href={src} download={`step-${step}.png`}>
            <img src={src} alt={`Save step ${step}`} loading="lazy" />
            {`step ${step}`}
          </a>
        </li>
      ))}
    </ul>
  </section>
);
