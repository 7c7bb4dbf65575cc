/** @jsxImportSource npm:preact@10.29.8 */
/** Ways to bring a picture. */
import { useState } from "../../deps/preact_hooks.ts";
import { paths, useSite } from "../site.ts";
import { ACCEPT } from "./_pictures_taken.ts";
import { bring, type Brought, overtake } from "./_bring.ts";

export function Choose({ samples, onPicture, compact }: {
  samples: readonly string[];
  onPicture(picture: Brought): void;
  compact: boolean;
}) {
  const { href } = useSite();
  const [state, setState] = useState<{ share?: number; fault?: string }>({});
  const take = async (file: File) => {
    setState({ share: 0 });
    try {
      const brought = await bring(file, (share) => setState({ share }));
      setState({});
      if (brought) onPicture(brought);
    } catch (error) {
      setState({ fault: (error as Error).message });
    }
  };
  return (
    <div class={compact ? "choose compact" : "choose"}>
      {!compact && (
        <>
          <h1>Explain a picture</h1>
          <p class="lead">Drop a picture anywhere, paste one, or choose it.</p>
        </>
      )}
      <label class="button primary">
        {compact ? "Another picture" : "Choose a picture"}
        <input
          class="hidden"
          type="file"
          accept={ACCEPT}
          onChange={(event) => {
            const field = event.currentTarget, [file] = field.files!;
            if (file) take(file);
            field.value = "";
          }}
        />
      </label>
      {state.share !== undefined && <progress aria-label="Sending" max={1} value={state.share} />}
      {state.fault && <p class="fault" role="alert">{state.fault}</p>}
      <ul class="samples" aria-label="Samples">
        {samples.map((name) => (
          <li key={name}>
            <button
              type="button"
              class="plain"
              aria-label={`Sample ${name}`}
              onClick={() => {
                overtake();
                onPicture({ token: name, name });
              }}
            >
              <img src={href(paths.picture(name))} alt="" width={64} height={64} class="pixels" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
