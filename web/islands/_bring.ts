/** A picture that is brought to be explained. */
import { upload } from "./_upload.ts";

/** A picture that the gallery keeps. */
export interface Brought {
  readonly token: string;
  readonly name: string;
}

/** What tells the page that a picture was brought; whoever takes it prevents that it is opened. */
export const BROUGHT = "phosphene:brought";

/**
 * Sends a picture's file, which is read once it is asked about.
 *
 * @param onShare Hears what share of it was sent, 0..1.
 * @throws Error with a sentence that says why it was not taken.
 */
export async function bring(file: File, onShare: (share: number) => void): Promise<Brought> {
  const { name } = file;
  if (file.size === 0) throw new Error(`${name} is empty: choose another picture.`);
  const sent = await upload("/pictures?unread", file, onShare);
  if ("fault" in sent) throw new Error(sent.fault);
  return { token: sent.token, name };
}
