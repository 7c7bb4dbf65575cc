/**
 * How a NATS server is talked to. The client's own transport takes every listener off a socket when it
 * gives it up; what breaks in that moment (a server that refuses a password resets the connection at
 * once) would then be heard by nobody, and end the program. Here somebody always listens.
 */
import {
  NatsConnectionImpl,
  nodeResolveHost,
  NodeTransport,
  setTransportFactory,
} from "../../deps/nats.ts";

type Socket = NodeTransport["socket"];

/** The socket, with one who hears its errors, whoever else is sent away. */
function heard<S extends Socket>(socket: S): S {
  const removeAll = socket.removeAllListeners;
  const listen = () => socket.on("error", () => {});
  socket.removeAllListeners = (...events) => {
    removeAll.apply(socket, events);
    return listen();
  };
  return listen();
}

class HeardTransport extends NodeTransport {
  override dial(to: Parameters<NodeTransport["dial"]>[0]) {
    return super.dial(to).then(heard);
  }
  override tlsFirst(to: Parameters<NodeTransport["tlsFirst"]>[0]) {
    return super.tlsFirst(to).then(heard);
  }
  override startTLS() {
    return super.startTLS().then(heard);
  }
}

/** Connects, as the client's own `connect` does. */
export const connect: typeof NatsConnectionImpl.connect = (options) => {
  setTransportFactory({ factory: () => new HeardTransport(), dnsResolveFn: nodeResolveHost });
  return NatsConnectionImpl.connect(options);
};
