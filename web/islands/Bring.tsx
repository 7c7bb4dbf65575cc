/** @jsxImportSource npm:preact@10.29.8 */
/** Takes pictures that are dropped or pasted anywhere on a page, and leads to their explanation. */
import { useEffect, useState } from "../../deps/preact_hooks.ts";
import { bring, BROUGHT } from "./_bring.ts";
import { isPicture } from "./_pictures_taken.ts";

type State =
  | { readonly at: "rest" | "over" }
  | { readonly at: "sending"; readonly share: number; readonly name: string }
  | { readonly at: "fault" | "note"; readonly message: string };

/** Whether something takes dropped files or pasted text by itself. */
const takesItself = (target: EventTarget | null) =>
  target instanceof Element && target.closest("input, textarea, select, form.make") !== null;

const carriesFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;

const firstOf = ({ name }: File, count: number) =>
  `One picture is explained at a time: this is ${name}, of the ${count} that came together.`;

export function Bring() {
  const [state, setState] = useState<State>({ at: "rest" });

  const take = async (files: readonly File[]) => {
    const file = files.find(isPicture) ?? files[0];
    if (!file) return setState({ at: "rest" });
    setState({ at: "sending", share: 0, name: file.name });
    try {
      const share = (share: number) => setState({ at: "sending", share, name: file.name });
      const detail = await bring(file, share);
      if (!detail) {
        const own = (now: State) => now.at === "sending" && now.name === file.name;
        return setState((now) => own(now) ? { at: "rest" } : now);
      }
      setState(
        files.length > 1 ? { at: "note", message: firstOf(file, files.length) } : { at: "rest" },
      );
      const told = new CustomEvent(BROUGHT, { detail, cancelable: true });
      if (document.dispatchEvent(told)) location.assign(`/explain?picture=${detail.token}`);
    } catch (error) {
      setState({ at: "fault", message: (error as Error).message });
    }
  };

  useEffect(() => {
    let awaited = false;
    const over = (event: DragEvent) => {
      if (!carriesFile(event) || takesItself(event.target)) return;
      event.preventDefault();
      if (!awaited) fetch("/explain/ready").catch(() => {}); // who drags will drop
      awaited = true;
      setState((now) => now.at === "sending" ? now : { at: "over" });
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) setState((now) => now.at === "over" ? { at: "rest" } : now);
    };
    const dropped = (event: DragEvent) => {
      if (!carriesFile(event) || takesItself(event.target)) return;
      event.preventDefault();
      take([...event.dataTransfer!.files]);
    };
    const pasted = (event: ClipboardEvent) => {
      const files = [...event.clipboardData?.files ?? []].filter(isPicture);
      // offices copy a picture of the text beside it: a field wants the text
      const text = event.clipboardData?.types.includes("text/plain") && takesItself(event.target);
      if (files.length === 0 || text) return;
      event.preventDefault();
      take(files.slice(0, 1));
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", left);
    addEventListener("drop", dropped);
    addEventListener("paste", pasted);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", left);
      removeEventListener("drop", dropped);
      removeEventListener("paste", pasted);
    };
  }, []);

  if (state.at === "rest") return <div role="status" />;
  return (
    <div class={`bring ${state.at}`} role="status">
      {state.at === "over" && <p>Drop the picture to explain it</p>}
      {state.at === "sending" && (
        <p>
          {`Sending ${state.name}`}
          <progress aria-label="Sent" max={1} value={state.share} />
        </p>
      )}
      {(state.at === "fault" || state.at === "note") && (
        <p>
          {state.message}{" "}
          <button type="button" onClick={() => setState({ at: "rest" })}>Close</button>
        </p>
      )}
    </div>
  );
}
Bring.displayName = "Bring";
