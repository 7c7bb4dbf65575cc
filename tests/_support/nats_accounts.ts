/** An operator of NATS servers with an account and a user, whose credentials are a file. */
import { nkeys } from "npm:@nats-io/transport-node@3.4.0";

type Keys = ReturnType<typeof nkeys.createUser>;

const base64 = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
const encoded = (value: unknown) => base64(new TextEncoder().encode(JSON.stringify(value)));

/** A signed statement of who somebody is, as NATS's servers read it. */
function statement(by: Keys, about: Keys, name: string, nats: object): string {
  const claims = { jti: name, iat: 1, iss: by.getPublicKey(), sub: about.getPublicKey(), name };
  const said = `${encoded({ typ: "JWT", alg: "ed25519-nkey" })}.${
    encoded({ ...claims, nats: { version: 2, ...nats } })
  }`;
  return `${said}.${base64(by.sign(new TextEncoder().encode(said)))}`;
}

/** No limit, as NATS writes it. */
const ANY = -1;
const ROOM = { subs: ANY, data: ANY, payload: ANY };
const ACCOUNT = { ...ROOM, imports: ANY, exports: ANY, wildcards: true, conn: ANY, leaf: ANY };
const STORAGE = { mem_storage: ANY, disk_storage: ANY, streams: ANY, consumer: ANY };

/** The configuration of a server, and the credentials of a user that it lets in. */
export function accounts(): { readonly configuration: string; readonly credentials: string } {
  const operator = nkeys.createOperator(), user = nkeys.createUser();
  const account = nkeys.createAccount(), system = nkeys.createAccount();
  const accountOf = (about: Keys, name: string, limits: object) =>
    `${about.getPublicKey()}: "${statement(operator, about, name, { type: "account", limits })}"`;
  const known = [
    accountOf(account, "lab", { ...ACCOUNT, ...STORAGE }),
    accountOf(system, "system", ACCOUNT),
  ];
  return {
    configuration: [
      `operator: "${statement(operator, operator, "operator", { type: "operator" })}"`,
      `system_account: ${system.getPublicKey()}`,
      "resolver: MEMORY",
      `resolver_preload: { ${known.join(", ")} }`,
    ].join("\n"),
    credentials: [
      "-----BEGIN NATS USER JWT-----",
      statement(account, user, "ada", { type: "user", ...ROOM }),
      "------END NATS USER JWT------",
      "",
      "-----BEGIN USER NKEY SEED-----",
      new TextDecoder().decode(user.getSeed()),
      "------END USER NKEY SEED------",
      "",
    ].join("\n"),
  };
}
