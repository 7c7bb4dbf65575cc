/** @jsxImportSource npm:preact@10.29.8 */
/** A run's pictures in a row, each leading to its file. */
import type { RunFile } from "../../run/manifest.ts";
import { stepOf } from "../_viewed.ts";
import { paths, useSite } from "../site.ts";
import { isSmall } from "./Card.tsx";
import { plural } from "./format.ts";

export function Strip({ id, files, label }: {
  id: string;
  files: readonly RunFile[];
  label: (file: RunFile) => string | undefined;
}) {
  const { href } = useSite();
  return (
    <ul class="strip">
      {files.map((file) => (
        <li key={file.name}>
          <a href={href(paths.file(id, file.name))}>
            <img
              src={href(paths.file(id, file.name))}
              alt=""
              width={file.width}
              height={file.height}
              class={isSmall({ width: file.width ?? 0, height: file.height ?? 0 })
                ? "pixels"
                : undefined}
              loading="lazy"
            />
            {label(file)}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The frames of a run, where it kept any. */
export function Frames({ id, files }: { id: string; files: readonly RunFile[] }) {
  if (files.length === 0) return null;
  return (
    <details>
      <summary>{plural(files.length, "frame")}</summary>
      <Strip id={id} files={files} label={(file) => `step ${stepOf(file)}`} />
    </details>
  );
}
