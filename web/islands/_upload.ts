/** A picture on its way to the server, with how far it is. */

import { sentenceIn } from "./_sentence.ts";

/** What became of it. */
export type Uploaded = { readonly token: string } | { readonly fault: string };

const BROKEN = "It could not be sent: the gallery does not answer. Choose it once more.";

/** What the server said: its answer, or, where it refused, the sentence of its page. */
function answerOf(text: string): Uploaded {
  try {
    return JSON.parse(text);
  } catch {
    return { fault: sentenceIn(text) ?? BROKEN };
  }
}

/**
 * Sends a picture. `fetch` does not tell how much has gone, so this is the older way.
 *
 * @param onSent Called with the share that has gone, 0..1.
 * @param signal Where it is aborted, nothing more is sent and nothing comes of it.
 */
export const upload = (
  address: string,
  file: File,
  onSent: (share: number) => void,
  signal?: AbortSignal,
): Promise<Uploaded> =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onSent(total ? loaded / total : 0);
    request.onload = () => resolve(answerOf(request.responseText));
    request.onerror = request.onabort = () => resolve({ fault: BROKEN });
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", address);
    request.setRequestHeader("x-name", encodeURIComponent(file.name.toWellFormed()));
    request.send(file);
  });
