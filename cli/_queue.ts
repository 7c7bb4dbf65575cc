/** The options that say which queue, and how it lets one in. */
import { z } from "../deps/zod.ts";
import { withRole } from "../core/options.ts";

const file = (meaning: string) => withRole("file", z.string().min(1).optional()).describe(meaning);

const shape = {
  creds: file("File of credentials for the queue, as NATS's own tools write it"),
  tlsCa: file(
    "File with the certificate that signs the queue's own; also for tls:// with a known one",
  ),
  tlsCert: file("File with this program's own certificate, where the queue wants one"),
  tlsKey: file("File with the key of that"),
};

const address = z.string().min(1);
const meaning =
  "Address of a NATS server with JetStream, nats://HOST:4222 (tls:// where it is encrypted)";

/** Of a command that may use a queue. */
export const queueOptions = z.object({
  queue: address.optional().describe(`${meaning}: let workers of other machines do it`),
  ...shape,
});
/** What these flags say. */
export type QueueFlags = z.output<typeof queueOptions>;
/** Of one that needs it. */
export const ownQueueOptions = z.object({ queue: address.describe(meaning), ...shape });
