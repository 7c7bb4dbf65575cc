/** Who a queue lets in, and what is said to others: certificates, credentials, tokens. */
import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import type { QueueAddress } from "../../jobs/queue/address.ts";
import { openQueue } from "../../jobs/queue/connect.ts";
import { Authority, opensslAbsence, opensslLeftOut, tlsArgs } from "../_support/certificates.ts";
import { natsAbsence, natsLeftOut, NatsServer } from "../_support/nats.ts";
import { accounts } from "../_support/nats_accounts.ts";
import { within } from "../_support/patience.ts";

/** Declares a test with servers. */
function onServers(name: string, test: () => Promise<void>): void {
  Deno.test({
    name: `${name}${natsAbsence}${opensslAbsence}`,
    ignore: natsLeftOut || opensslLeftOut,
    sanitizeOps: false, // the client's timers end with its connection, a moment later
    sanitizeResources: false,
    fn: test,
  });
}

const secure = (server: NatsServer, host = "127.0.0.1") => `tls://${host}:${server.port}`;

async function letsIn(address: QueueAddress): Promise<void> {
  const queue = await openQueue(address);
  try {
    await queue.states.put("asked", "answered");
    assert.equal((await queue.states.get("asked"))?.string(), "answered");
  } finally {
    await queue.connection.close();
  }
}

async function refuses(address: QueueAddress, expected: RegExp): Promise<void> {
  await assert.rejects(within(openQueue(address), "a refusal"), (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, /^Cannot use the queue .*\.$/);
    assert.match(error.message, expected);
    return true;
  });
}

onServers(
  "a queue that encrypts is trusted by its authority, under the name that it has",
  async () => {
    using authority = await Authority.make();
    using other = await Authority.make();
    const [both, numbers, elsewhere, old] = await Promise.all([
      authority.sign("both", "IP:127.0.0.1,DNS:localhost"),
      authority.sign("numbers", "IP:127.0.0.1"),
      authority.sign("elsewhere", "DNS:queue.example"),
      authority.sign("old", "IP:127.0.0.1", -1),
    ]);
    await using server = await NatsServer.start(...tlsArgs(both));
    await using byNumbers = await NatsServer.start(...tlsArgs(numbers));
    await using misnamed = await NatsServer.start(...tlsArgs(elsewhere));
    await using outdated = await NatsServer.start(...tlsArgs(old));
    await using plain = await NatsServer.start();
    const tlsCa = authority.cert;
    await letsIn({ queue: secure(server), tlsCa });
    await letsIn({ queue: secure(server, "localhost"), tlsCa });
    await letsIn({ queue: server.url, tlsCa });
    await letsIn({ queue: secure(byNumbers), tlsCa });
    await refuses({ queue: secure(server) }, /signed by nobody who is known here: `tlsCa` names/);
    await refuses({ queue: server.url }, /signed by nobody who is known here: `tlsCa` names/);
    await refuses(
      { queue: secure(server), tlsCa: other.cert },
      /not signed by the authority in `tlsCa`/,
    );
    await refuses({ queue: secure(misnamed), tlsCa }, /is not for 127\.0\.0\.1:\d+: give the name/);
    await refuses({ queue: secure(byNumbers, "localhost"), tlsCa }, /is not for localhost:\d+/);
    await refuses({ queue: secure(outdated), tlsCa }, /has expired/);
    await refuses(
      { queue: secure(plain), tlsCa },
      /does not encrypt: its address begins with nats:/,
    );
    await refuses({ queue: plain.url, tlsCa }, /does not encrypt/);
  },
);

onServers(
  "a queue that wants certificates lets those in whom its authority has signed",
  async () => {
    using authority = await Authority.make();
    using other = await Authority.make();
    const [own, ada, stranger] = await Promise.all([
      authority.sign("server", "IP:127.0.0.1"),
      authority.sign("ada", "DNS:ada"),
      other.sign("stranger", "DNS:stranger"),
    ]);
    await using server = await NatsServer.start(...tlsArgs(own, authority));
    const address = { queue: secure(server), tlsCa: authority.cert };
    const known = { ...address, tlsCert: ada.cert, tlsKey: ada.key };
    await letsIn(known);
    // it is told after the connection stands, or while it is made: each several times
    for (let i = 0; i < 6; i++) {
      await refuses(address, /it wants a certificate of this program, in `tlsCert` and `tlsKey`/);
      await refuses(
        { ...address, tlsCert: stranger.cert, tlsKey: stranger.key },
        /does not take the certificate in `tlsCert`: the authority that it trusts has to sign it/,
      );
    }
    await refuses(
      { ...known, tlsKey: stranger.key },
      /`tlsCert` and the key in `tlsKey` are no pair/,
    );
    for (const missing of ["tlsCert", "tlsKey"]) {
      await refuses({ ...known, [missing]: undefined }, /`tlsCert` and `tlsKey` go together/);
    }

    const queue = await openQueue(known);
    const back = (async () => {
      for await (const { type } of queue.connection.status()) if (type === "reconnect") return;
    })();
    await server.restart();
    await within(back, "the connection");
    await queue.states.put("asked", "answered");
    await queue.connection.close();
  },
);

Deno.test("files that are none of their kind are told before anybody is asked", async () => {
  const folder = await Deno.makeTempDir(), file = `${folder}/some.txt`, queue = "tls://127.0.0.1:1";
  await Deno.writeTextFile(file, "some text");
  for (const name of ["creds", "tlsCa"]) {
    await refuses(
      { queue, [name]: file },
      new RegExp(`some\\.txt" holds no .*; \`${name}\` takes`),
    );
    await refuses(
      { queue, [name]: `${folder}/none` },
      /none" cannot be read: there is no such file/,
    );
  }
  for (const name of ["tlsCert", "tlsKey"]) {
    const both = { tlsCert: file, tlsKey: file };
    await refuses({ queue, ...both, [name]: `${folder}/none` }, /none" cannot be read|holds no/);
  }
  await refuses({ queue, tlsCert: file, tlsKey: file }, /holds no (certificate|key)/);
  await Deno.remove(folder, { recursive: true });
});

onServers(
  "credentials, a token, a name with its password: each lets in, and another does not",
  async () => {
    const folder = await Deno.makeTempDir(), creds = `${folder}/ada.creds`;
    const wanted = accounts(), other = accounts();
    await Deno.writeTextFile(`${folder}/server.conf`, wanted.configuration);
    await Deno.writeTextFile(creds, wanted.credentials);
    await Deno.writeTextFile(`${folder}/other.creds`, other.credentials);
    await using server = await NatsServer.start("-c", `${folder}/server.conf`);
    await letsIn({ queue: server.url, creds });
    await refuses(
      { queue: server.url, creds: `${folder}/other.creds` },
      /not let these credentials in/,
    );
    await refuses({ queue: server.url }, /does not let this program in: .* or `creds`/);

    await using byToken = await NatsServer.start("--auth", "sesame seed");
    const as = (who: string) => byToken.url.replace("//", `//${who}@`);
    await letsIn({ queue: as("sesame%20seed") });
    await refuses({ queue: as("barley") }, /does not let this token in/);
    await refuses({ queue: byToken.url }, /a token \(nats:\/\/TOKEN@HOST:4222\)/);

    await using byName = await NatsServer.start("--user", "ada", "--pass", "a:b@c");
    const named = (who: string) => byName.url.replace("//", `//${who}@`);
    await letsIn({ queue: named("ada:a%3Ab%40c") });
    await refuses({ queue: named("ada:wrong") }, /does not let this name in with this password/);
    await Deno.remove(folder, { recursive: true });
  },
);
