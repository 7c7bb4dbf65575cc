/** @jsxImportSource npm:preact@10.29.8 */
/** The page that says what could not be done. */
import { UserError } from "../../core/errors.ts";
import { inLabels } from "../_say.ts";
import type { Page } from "../components/Document.tsx";
import { Notice } from "../components/Notice.tsx";
import type { Gallery } from "../gallery.ts";
import { Refusal } from "../guard.ts";

const page = (
  status: number,
  title: string,
  message: string,
  headers?: Page["headers"],
): Page => ({
  title,
  status,
  headers,
  body: <Notice title={title} message={message} />,
});

/** What is said of an error; one of ours is told to whoever runs the gallery. */
export function faultPage(error: unknown, gallery: Gallery): Page {
  if (error instanceof Refusal) {
    return page(error.status, error.title, error.message, error.headers);
  }
  if (error instanceof UserError) return page(400, "Not possible", inLabels(error));
  gallery.onFault(error instanceof Error ? error : new Error(String(error)));
  return page(
    500,
    "Something broke",
    "This is a fault of the gallery, not yours. The terminal where it runs says more.",
  );
}
