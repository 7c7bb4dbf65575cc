/** @jsxImportSource npm:preact@10.29.8 */
import { useState } from "../../deps/preact_hooks.ts";

/** A button that puts a text on the clipboard. */
export function CopyButton({ text }: { text: string }) {
  const [said, setSaid] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Not allowed");
    }
    setTimeout(() => setSaid("Copy"), 2000);
  };
  return <button type="button" class="copy" aria-live="polite" onClick={copy}>{said}</button>;
}
CopyButton.displayName = "CopyButton";
