/** A picture that is brought to be explained. */
import { upload } from "./_upload.ts";

/** A picture that the gallery keeps. */
export interface Brought {
  readonly token: string;
  readonly name: string;
}

/** What tells the page that a picture was brought; whoever takes it prevents that it is opened. */
export const BROUGHT = "phosphene:brought";

let underway = new AbortController();

/** Ends what is on its way: who chooses another picture does not want the one before. */
export function overtake(): AbortSignal {
  underway.abort();
  underway = new AbortController();
  return underway.signal;
}

/**
 * Sends a picture's file, which is read once it is asked about.
 *
 * @param onShare Hears what share of it was sent, 0..1.
 * @returns Nothing where another picture was chosen meanwhile.
 * @throws Error with a sentence that says why it was not taken.
 */
export async function bring(
  file: File,
  onShare: (share: number) => void,
): Promise<Brought | undefined> {
  const { name } = file, signal = overtake();
  if (file.size === 0) throw new Error(`${name} is empty: choose another picture.`);
  const share = (share: number) => void (signal.aborted || onShare(share));
  const sent = await upload("/pictures?unread", file, share, signal);
  if (signal.aborted) return undefined;
  if ("fault" in sent) throw new Error(sent.fault);
  return { token: sent.token, name };
}
