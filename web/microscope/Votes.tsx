/** @jsxImportSource npm:preact@10.29.8 */
/** The classes that a channel speaks for, and against. */
import type { ChannelEntry, MicroscopeData } from "../../microscope/data.ts";
import { short } from "../components/format.ts";
import { useSite } from "../site.ts";
import { paths } from "./paths.ts";
import { labelOf } from "./view.ts";

type Vote = ChannelEntry["votes"][number];

export function Votes({ votes, most, data, label }: {
  votes: readonly Vote[];
  /** The gradient whose bar is as long as can be. */
  most: number;
  data: MicroscopeData;
  label: string;
}) {
  const { href } = useSite();
  return (
    <table class="bars" aria-label={label}>
      <thead class="hidden">
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Share</th>
          <th scope="col">Gradient</th>
        </tr>
      </thead>
      <tbody>
        {votes.map(({ class: index, gradient }) => (
          <tr key={index}>
            <th scope="row">
              <a href={href(paths.class(index))}>{labelOf(data, index)}</a>
            </th>
            <td>
              <svg width="100%" height="8" aria-hidden="true">
                <rect class="track" width="100%" height="8" rx="4" />
                <rect
                  width={`${Math.round(1000 * Math.abs(gradient) / most) / 10}%`}
                  height="8"
                  rx="4"
                />
              </svg>
            </td>
            <td class="number">{short(gradient).replace("-", "−")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
