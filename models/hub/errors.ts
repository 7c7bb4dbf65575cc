/** What the hub's refusals mean, and what to do about them. */
import { UserError, type UserErrorCode } from "../../core/errors.ts";
import { DownloadError } from "../_download.ts";
import type { HubFile } from "./layout.ts";
import { asksToWait } from "./resume.ts";
import type { HubSettings } from "./settings.ts";

/** What is said of an answer: its code, and a sentence's end. */
type Told = readonly [code: UserErrorCode, reason: string];

/** The answers of a hub, by `X-Error-Code` (as `huggingface_hub` reads it) and by status. */
function told(response: Response, wanted: HubFile, endpoint: string, hasToken: boolean): Told {
  const { repo, file, revision = "main" } = wanted, { status } = response;
  const kind = response.headers.get("x-error-code"), page = `${endpoint}/${repo}`;
  const tokens = `${endpoint}/settings/tokens`;
  if (kind === "GatedRepo" || status === 403) {
    return [
      "no-file",
      hasToken
        ? `it is gated: the account of the token in HF_TOKEN has to accept its terms at ${page}`
        : `it is gated: accept its terms at ${page}, then set HF_TOKEN to a token from ${tokens}`,
    ];
  }
  if (kind === "EntryNotFound") return ["no-file", `the repository has no file "${file}"`];
  if (kind === "RevisionNotFound") return ["no-file", `the repository has no "${revision}"`];
  if (kind === "RepoNotFound" || status === 401 || status === 404) {
    return [
      "no-file",
      hasToken
        ? `there is no such repository, or the token in HF_TOKEN does not open it (${status}): see ${page}`
        : `there is no such repository, or it is private (${status}): see ${page}; for a private one ` +
          `set HF_TOKEN to a token from ${tokens}`,
    ];
  }
  if (status === 429) {
    const ms = asksToWait(response);
    return [
      "no-network",
      `the hub asks for patience (429, too many requests): try again in ` +
      (ms === undefined ? "some minutes" : `${Math.ceil(ms / 1000)} seconds`) +
      (hasToken ? "" : `, or set HF_TOKEN: whoever says who they are may ask more often`),
    ];
  }
  return ["no-network", `the hub answered ${status}; try again later`];
}

/** Whether an error of {@link hubFault}'s says that the repository is there, but not the file. */
export const isMissingFile = (error: unknown): boolean =>
  error instanceof UserError && error.cause instanceof DownloadError &&
  error.cause.response?.headers.get("x-error-code") === "EntryNotFound";

/** An error on the way to a file of the hub, as a reason for the end of a sentence. */
export async function hubFault(
  error: unknown,
  wanted: HubFile,
  settings: HubSettings,
): Promise<UserError | undefined> {
  if (!(error instanceof DownloadError)) return error instanceof UserError ? error : undefined;
  const { response } = error;
  if (!response) {
    // what is unreachable may be so for hours; what was never asked is told as it is
    return error.passing
      ? new UserError(`${settings.endpoint} cannot be reached: ${error.message}`, {
        code: "no-network",
        cause: error,
      })
      : error;
  }
  const [code, reason] = told(response, wanted, settings.endpoint, !!await settings.token());
  return new UserError(reason, { code, cause: error });
}
