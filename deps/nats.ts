export {
  credsAuthenticator,
  nanos,
  type NatsConnection,
  type NodeConnectionOptions,
} from "npm:@nats-io/transport-node@3.4.0";
// its own file: a connection that is broken off is to be heard (jobs/queue/transport.ts)
export {
  nodeResolveHost,
  NodeTransport,
} from "npm:@nats-io/transport-node@3.4.0/lib/node_transport.js";
export { NatsConnectionImpl, setTransportFactory } from "npm:@nats-io/nats-core@3.4.0/internal";
export {
  AckPolicy,
  type Consumer,
  type ConsumerInfo,
  DiscardPolicy,
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type JsMsg,
  RetentionPolicy,
  StorageType,
} from "npm:@nats-io/jetstream@3.4.0";
export { type ObjectStore, Objm } from "npm:@nats-io/obj@3.4.0";
export { type KV, Kvm, KvWatchInclude } from "npm:@nats-io/kv@3.4.0";
