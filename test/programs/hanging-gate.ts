/** A listener before a server: while it hangs it takes every connection and every byte, and never answers. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A TCP port of 127.0.0.1, or the path of a Unix socket. */
export type Place = number | string;

export interface HangingGate {
  /** Where it listens. */
  readonly place: Place;
  /** Most connections that were ever open at once. */
  readonly mostOpen: () => number;
  /** From now on new connections reach the server; those that hang go on hanging. */
  open(): void;
  stop(): void;
}

const connected = (place: Place): Socket =>
  typeof place === "number" ? connect(place, "127.0.0.1") : connect(place);

/** @param listenOn a path, or 0 for any free port */
export async function startHangingGate(server: Place, listenOn: Place): Promise<HangingGate> {
  const sockets = new Set<Socket>();
  let hangs = true;
  let most = 0;
  const follow = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const gate = createServer((client) => {
    follow(client);
    most = Math.max(most, sockets.size);
    if (hangs) {
      client.resume();
      return;
    }
    const upstream = connected(server);
    follow(upstream);
    client.pipe(upstream).pipe(client);
  });
  if (typeof listenOn === "number") gate.listen(listenOn, "127.0.0.1");
  else gate.listen(listenOn);
  await once(gate, "listening");
  const address = gate.address();
  return {
    place: typeof address === "object" && address !== null ? address.port : listenOn,
    mostOpen: () => most,
    open: () => {
      hangs = false;
    },
    stop: () => {
      gate.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
