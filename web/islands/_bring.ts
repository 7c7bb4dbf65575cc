/** Sends a picture to the gallery. */

/** A picture that the gallery keeps. */
export interface Brought {
  readonly token: string;
  readonly name: string;
}

/** What tells the page that a picture was brought; whoever takes it prevents that it is opened. */
export const BROUGHT = "phosphene:brought";

/**
 * Sends a picture's file.
 *
 * @param onShare Hears what share of it was sent, 0..1, from the first byte.
 * @throws Error with a sentence that says why it was not taken.
 */
export function bring(
  file: Blob,
  name: string,
  onShare: (share: number) => void = () => {},
): Promise<Brought> {
  if (file.size === 0) {
    return Promise.reject(new Error(`${name} is empty: choose another picture.`));
  }
  const sent = Promise.withResolvers<Brought>();
  const request = new XMLHttpRequest(); // fetch does not tell how far it has come
  request.open("POST", "/pictures");
  request.setRequestHeader("x-name", encodeURIComponent(name));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.onprogress = ({ loaded, total }) => onShare(total ? loaded / total : 0);
  request.onerror = () =>
    sent.reject(new Error("The gallery does not answer: is it still running?"));
  request.onload = () => {
    try {
      const answer = JSON.parse(request.responseText);
      if (answer.token) return sent.resolve(answer);
      sent.reject(new Error(answer.fault));
    } catch {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const said = page.querySelector("main p")?.textContent;
      sent.reject(new Error(said || "The picture was not taken."));
    }
  };
  request.send(file);
  return sent.promise;
}
