/** @jsxImportSource npm:preact@10.29.8 */
/** Pictures to choose from: those that were sent, samples, none. */

/** A picture that the server has. */
export interface KeptPicture {
  readonly token: string;
  readonly name: string;
  readonly src: string;
}

/** Kept pictures that are shown; the others are counted. */
const MOST_SHOWN = 12;

export function PictureChoice({ kept, samples, required, chosen, onChoice }: {
  /** Chosen together, as `kept`. */
  kept: readonly KeptPicture[];
  samples: readonly { readonly name: string; readonly src: string }[];
  /** Whether there must be one. */
  required: boolean;
  /** `kept`, a sample's name, or nothing for none; undefined where that is not chosen either. */
  chosen: string | undefined;
  onChoice(name: string): void;
}) {
  const choice = (name: string, value = name) => (
    <input
      type="radio"
      name="sample"
      value={value}
      checked={chosen === name}
      onChange={() => onChoice(name)}
    />
  );
  if (kept.length + samples.length === 0) return null;
  return (
    <ul class="samples">
      {kept.length > 0 && (
        <li>
          <label class="kept">
            {choice("kept", `kept:${kept.map(({ token }) => token).join()}`)}
            <span class="tiles">
              {kept.slice(0, MOST_SHOWN).map(({ token, name, src }) => (
                <img key={token} src={src} alt={`Your picture ${name}`} width={96} height={96} />
              ))}
            </span>
            <span class="quiet">
              {kept.length === 1 ? kept[0].name : `${kept.length} pictures, a run each`}
            </span>
          </label>
        </li>
      )}
      {samples.map(({ name, src }) => (
        <li key={name}>
          <label>
            {choice(name)}
            <img src={src} alt={`Sample picture ${name}`} width={96} height={96} />
          </label>
        </li>
      ))}
      {!required && (
        <li>
          <label>
            {choice("")}
            <span class="none">no picture</span>
          </label>
        </li>
      )}
    </ul>
  );
}
