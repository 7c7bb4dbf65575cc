/** How a queue is reached: what a user says of it, looked through and with its files read. */
import { credsAuthenticator, type NodeConnectionOptions } from "../../deps/nats.ts";
import { UserError } from "../../core/errors.ts";
import { option } from "../../core/say.ts";
import { platform } from "../../platform/mod.ts";

/** How a queue is reached. */
export interface QueueAddress {
  /**
   * `nats://HOST:4222`, `tls://…`; several of one cluster between commas. `NAME:PASSWORD@` or `TOKEN@`
   * before the first host says who asks.
   */
  readonly queue: string;
  /** A file of credentials, as NATS's own tools write it. */
  readonly creds?: string;
  /** Files of the authority that the server's certificate is trusted by, and of one's own certificate. */
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** The same with what its files say: plain data. */
export interface Entrance {
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly creds?: string;
  /** Where the connection must be encrypted; PEM texts. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    /** The server's address in numbers, which its certificate must name: without it, `localhost`. */
    readonly host?: string;
  };
}

/** Why a queue cannot be used. @param reason The end of a sentence. */
export const refusal = ({ queue }: QueueAddress, reason: string, cause?: unknown): UserError =>
  new UserError(`Cannot use the queue ${queue.replaceAll(/\/\/[^@/,]*@/g, "//…@")}: ${reason}.`, {
    code: "no-network",
    option: "queue",
    cause,
  });

/** What each file has to hold. */
const HOLDS = {
  creds: ["credentials", /-----BEGIN [\w ]*JWT-----[^]*-----BEGIN [\w ]*SEED-----/],
  tlsCa: ["authority", /-----BEGIN (TRUSTED )?CERTIFICATE-----/],
  tlsCert: ["certificate", /-----BEGIN CERTIFICATE-----/],
  tlsKey: ["key", /-----BEGIN [\w ]*PRIVATE KEY-----/],
} as const;

async function textOf(
  address: QueueAddress,
  name: keyof typeof HOLDS,
): Promise<string | undefined> {
  const path = address[name], [what, pattern] = HOLDS[name];
  if (path === undefined) return undefined;
  const text = await platform.readText(path).catch((error) => {
    throw refusal(
      address,
      `its ${what} "${path}" cannot be read: ${platform.reason(error)}`,
      error,
    );
  });
  if (pattern.test(text)) return text;
  const wanted = name === "creds"
    ? "a file as `nsc` or NATS's own tools write it"
    : `a PEM file with BEGIN ${name === "tlsKey" ? "PRIVATE KEY" : "CERTIFICATE"} in it`;
  throw refusal(address, `"${path}" holds no ${what}; ${option(name)} takes ${wanted}`);
}

/** @throws UserError where it is none, its files cannot be read, or one of them is missing. */
export async function entranceOf(address: QueueAddress): Promise<Entrance> {
  const urls = urlsIn(address), [{ username, password }] = urls;
  if ((address.tlsCert === undefined) !== (address.tlsKey === undefined)) {
    throw refusal(
      address,
      `a certificate needs its key: ${option("tlsCert")} and ${option("tlsKey")} go together`,
    );
  }
  const [creds, ca, cert, key] = await Promise.all([
    textOf(address, "creds"),
    textOf(address, "tlsCa"),
    textOf(address, "tlsCert"),
    textOf(address, "tlsKey"),
  ]);
  const isSecure = ca !== undefined || cert !== undefined ||
    urls.some(({ protocol }) => protocol === "tls:");
  const host = urls.map(({ hostname }) => numbersIn(hostname)).find(Boolean);
  return {
    servers: urls.map(({ host, port }) => port ? host : `${host}:4222`),
    ...(password
      ? { user: decodeURIComponent(username), password: decodeURIComponent(password) }
      : username
      ? { token: decodeURIComponent(username) }
      : {}),
    creds,
    tls: isSecure ? { ca, cert, key, host } : undefined,
  };
}

/** The addresses in a text. */
function urlsIn(address: QueueAddress): readonly URL[] {
  const needed = "an address such as nats://HOST:4222 is needed";
  const urls = address.queue.split(",").map((text) => text.trim()).filter(Boolean).map((text) => {
    const url = URL.parse(text.includes("://") ? text : `nats://${text}`);
    if (url) return url;
    throw refusal(address, needed);
  });
  if (urls.length === 0) throw refusal(address, needed);
  const bad = urls.find(({ protocol }) => !/^(nats|tls):$/.test(protocol));
  if (!bad) return urls;
  const found = `its address begins with ${bad.protocol}//, and not with nats:// or tls://`;
  throw refusal(address, found);
}

/** A host that is an address in numbers, without brackets. */
const numbersIn = (host: string): string | undefined =>
  /^\d+(\.\d+){3}$/.test(host) ? host : /^\[(.*)\]$/.exec(host)?.[1];

/** What NATS's client takes. */
export const optionsOf = (
  { servers, user, password, token, creds, tls }: Entrance,
): NodeConnectionOptions => ({
  servers: [...servers],
  name: "phosphene",
  ...(user !== undefined && { user, pass: password }),
  ...(token !== undefined && { token }),
  ...(creds !== undefined &&
    { authenticator: credsAuthenticator(new TextEncoder().encode(creds)) }),
  ...(tls && { tls }),
});
