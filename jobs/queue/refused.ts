/** Why a server did not let a program in, in words that say what would. */
import { option } from "../../core/say.ts";
import type { Entrance } from "./address.ts";

/** What an error says of itself. */
export interface Refused {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** As far as it is one. */
export function refusedOf(error: unknown): Refused {
  // NATS's client rejects with nothing where it just ends
  const known = error instanceof Error ? error : new Error("the connection ended");
  const code = "code" in known && typeof known.code === "string" ? known.code : undefined;
  return { name: known.name, message: known.message, code };
}

const ca = option("tlsCa"), cert = option("tlsCert"), key = option("tlsKey");

/** What became of it, by what is said of it; the first that fits. */
const REASONS: readonly (readonly [said: RegExp, reason: (entrance: Entrance) => string])[] = [
  [
    /jetstream.*not enabled|no responders/i,
    () => "it has no JetStream: start it with nats-server -js",
  ],
  [/authorization|authentication/i, ({ creds, token, user }) => {
    if (creds !== undefined) return "it does not let these credentials in";
    if (token !== undefined) {
      return "it does not let this token in; a name comes with its password (NAME:PASSWORD@HOST)";
    }
    if (user !== undefined) return "it does not let this name in with this password";
    return "it does not let this program in: give a name and a password in the address " +
      "(nats://NAME:PASSWORD@HOST:4222), a token (nats://TOKEN@HOST:4222) or `creds`";
  }],
  [
    /server does not support 'tls'/,
    () =>
      `it does not encrypt: its address begins with nats://, and ${ca} and ${cert} are left out; or ` +
      "start it with TLS",
  ],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)/, () => "its certificate has expired, or does not hold yet"],
  [
    /ALTNAME_INVALID/,
    ({ servers }) =>
      `its certificate is not for ${
        servers.join(", ")
      }: give the name or the address that it is for`,
  ],
  [
    /UNABLE_TO_(VERIFY|GET)|SELF_SIGNED|unknown ?issuer/i,
    ({ tls }) =>
      tls?.ca === undefined
        ? `its certificate is signed by nobody who is known here: ${ca} names the file of the authority ` +
          "that did"
        : `its certificate is not signed by the authority in ${ca}`,
  ],
  [
    /^ERR_(SSL_UNSUPPORTED_PROTOCOL|OSSL_)|mismatch/i,
    () => `the certificate in ${cert} and the key in ${key} are no pair`,
  ],
  [/alert|\b(write|read) E[A-Z]+|EPIPE|ECONNRESET|connection ended/i, ({ tls }) => {
    if (!tls) return "it ended the connection; its log says why";
    return tls.cert === undefined
      ? `it ended the connection: it wants a certificate of this program, in ${cert} and ${key}`
      : `it does not take the certificate in ${cert}: the authority that it trusts has to sign it`;
  }],
];

/** The end of a sentence. */
export function reasonOf({ name, message, code }: Refused, entrance: Entrance): string {
  const said = `${code ?? ""} ${name} ${message}`.trim();
  const found = REASONS.find(([pattern]) => pattern.test(said));
  if (found) return found[1](entrance);
  if (/refused|timeout|ENOTFOUND|EAI_AGAIN|unreach/i.test(said)) {
    return `no server answers there (${message})`;
  }
  return message.replace(/\.$/, "");
}
