/** @jsxImportSource npm:preact@10.29.8 */
/** Where a form takes pictures: sent as soon as they are chosen, shown, and kept for the next form. */
import { useEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import { bytes, plural } from "../components/format.ts";
import { type KeptPicture, PictureChoice } from "./_PictureChoice.tsx";
import { ACCEPT, isPicture } from "./_pictures_taken.ts";
import { upload } from "./_upload.ts";

export type { KeptPicture };

export interface PictureFieldProps {
  readonly required: boolean;
  /** Those of this form, chosen together. */
  readonly kept: readonly KeptPicture[];
  readonly samples: readonly { readonly name: string; readonly src: string }[];
  /** The sample that is chosen; empty for none. */
  readonly chosen: string;
  /** Bytes of pictures that are kept for one form. */
  readonly most: number;
  /** Address that takes pictures, and begins those of their own. */
  readonly pictures: string;
}

/** A picture on its way. */
interface Sending {
  readonly name: string;
  readonly share: number;
  readonly fault?: string;
}

export function PictureField(props: PictureFieldProps) {
  const { required, samples, pictures } = props;
  const [kept, setKept] = useState(props.kept);
  const [chosen, setChosen] = useState<string | undefined>(
    props.kept.length > 0 ? "kept" : props.chosen,
  );
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const place = useRef<HTMLDivElement>(null), waits = useRef(false), busy = useRef(false);

  const send = async (files: readonly File[]) => {
    if (files.length === 0 || busy.current) return;
    const size = files.reduce((sum, { size }) => sum + size, 0);
    if (size > props.most) {
      const fault =
        `These ${files.length} pictures have ${bytes(size)} together, and a form keeps ` +
        `${bytes(props.most)}: choose fewer, or smaller ones.`;
      setChosen(undefined);
      return setSending([{ name: "", share: 1, fault }]);
    }
    busy.current = true;
    const arrived: KeptPicture[] = [];
    setSending(files.map(({ name }) => ({ name, share: 0 })));
    setChosen(undefined); // if it cannot be read, no other one is taken instead
    const tell = (n: number, news: Partial<Sending>) =>
      setSending((all) => all.map((one, i) => i === n ? { ...one, ...news } : one));
    for (const [n, file] of files.entries()) {
      const sent = await upload(pictures, file, (share) => tell(n, { share }));
      if ("fault" in sent) tell(n, { share: 1, fault: sent.fault });
      else {
        tell(n, { share: 1 });
        arrived.push({ ...sent, name: file.name, src: `${pictures}/${sent.token}` });
        setKept([...arrived]);
        setChosen("kept");
      }
    }
    setSending((all) => all.filter(({ fault }) => fault !== undefined));
    busy.current = false;
    const goOn = waits.current && arrived.length > 0;
    waits.current = false;
    // the form is as it is drawn next
    if (goOn) requestAnimationFrame(() => place.current!.closest("form")!.requestSubmit());
  };

  useEffect(() => {
    const form = place.current!.closest("form")!;
    const submitted = (event: Event) => {
      if (!busy.current) return;
      event.preventDefault(); // it is sent once the pictures are there
      waits.current = true;
    };
    form.addEventListener("submit", submitted);
    // what was chosen before this script ran
    for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) {
      if (input.files?.length) input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return () => form.removeEventListener("submit", submitted);
  }, []);

  const changed = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement, files = [...input.files ?? []];
    input.value = ""; // they are sent here, not with the form
    send(input.name === "folder" ? files.filter(isPicture) : files);
  };

  const under = sending.filter(({ fault }) => fault === undefined);
  const done = under.reduce((sum, { share }) => sum + share, 0);
  return (
    <div ref={place}>
      <label>
        <span>Your own: PNG, JPEG, WebP, GIF, BMP, TIFF or PPM, at most 20 MB each</span>
        <input
          type="file"
          name="picture"
          accept={ACCEPT}
          multiple
          required={required && samples.length === 0 && kept.length === 0}
          disabled={under.length > 0}
          onChange={changed}
        />
      </label>
      <details class="folder">
        <summary>A folder of pictures</summary>
        <label>
          <span>Each picture in it becomes a run</span>
          <input
            {...{ type: "file", name: "folder", webkitdirectory: true }}
            disabled={under.length > 0}
            onChange={changed}
          />
        </label>
      </details>
      <div role="status" class="sending">
        {under.length > 0 && (
          <>
            <p>
              {`Sending ${under.length === 1 ? under[0].name : plural(under.length, "picture")}`}
            </p>
            <progress aria-label="Sent" max={under.length} value={done} />
          </>
        )}
        {sending.map(({ name, fault }) => fault && <p class="mistake" key={name}>{fault}</p>)}
      </div>
      <PictureChoice
        kept={kept}
        samples={samples}
        required={required}
        chosen={chosen}
        onChoice={setChosen}
      />
    </div>
  );
}
PictureField.displayName = "PictureField";
