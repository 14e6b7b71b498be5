/** A proxy on TCP or a Unix socket that can cut a connection after a chosen number of bytes in one direction. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export type Direction = "to_server" | "to_client";

export interface Cut {
  readonly direction: Direction;
  /** So many more bytes pass in that direction, over all connections. The connection with the next byte is cut. */
  readonly bytes: number;
  /** Bytes are counted on one connection only, after a request that matches. */
  readonly after?: RegExp;
}

/** A port on 127.0.0.1, or the path of a Unix socket. */
export type Place = number | string;

export interface ByteCuttingProxy {
  readonly place: Place;
  /** Resolves with whether the connection was cut in time. After that time nothing is cut. */
  cut(cut: Cut, withinMs: number): Promise<boolean>;
  /** Resolves with whether a request that matches was sent on in time. */
  sees(request: RegExp, withinMs: number): Promise<boolean>;
  /** Whether every connection is broken off, as if nobody were there. */
  refuse(all: boolean): void;
  stop(): void;
}

interface Waiting {
  readonly request: RegExp;
  readonly seen: (inTime: boolean) => void;
}

interface Armed extends Cut {
  left: number;
  /** The server's side of the connection that carries it; undefined for any. */
  on?: Socket;
  readonly done: (cut: boolean) => void;
}

const options = (place: Place): { port: number; host: string } | { path: string } =>
  typeof place === "number" ? { port: place, host: "127.0.0.1" } : { path: place };

/** @param listen 0 for any free port */
export async function startByteCuttingProxy(
  listen: Place,
  target: () => Place,
): Promise<ByteCuttingProxy> {
  let armed: Armed | undefined;
  const open = new Set<Socket>();
  const waiting = new Set<Waiting>();
  let refusing = false;

  const noteRequest = (data: Buffer): void => {
    for (const one of waiting) {
      if (!one.request.test(data.toString("latin1"))) continue;
      waiting.delete(one);
      one.seen(true);
    }
  };

  /** The armed cut, if this data counts for it. */
  const cutOf = (direction: Direction, upstream: Socket, data: Buffer): Armed | undefined => {
    if (direction === "to_server" && armed?.after?.test(data.toString("latin1")))
      armed.on = upstream;
    const waits = armed?.after !== undefined && armed.on !== upstream;
    return armed?.direction === direction && !waits ? armed : undefined;
  };
  const pass = (direction: Direction, from: Socket, to: Socket): void => {
    from.on("data", (data: Buffer) => {
      const cut = cutOf(direction, direction === "to_server" ? to : from, data);
      if (cut === undefined || data.length <= cut.left) {
        if (cut !== undefined) cut.left -= data.length;
        to.write(data);
        if (direction === "to_server" && waiting.size > 0) noteRequest(data);
        return;
      }
      const { left, done } = cut;
      armed = undefined;
      const both = (): void => {
        from.destroy();
        to.destroy();
      };
      // The first bytes arrive, the rest never does.
      if (left === 0) both();
      else to.write(data.subarray(0, left), both);
      done(true);
    });
    from.on("end", () => to.end());
    from.on("close", () => to.end());
  };

  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(options(target()));
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => open.delete(socket));
    }
    pass("to_server", client, upstream);
    pass("to_client", upstream, client);
  }).listen(options(listen));
  await once(server, "listening");
  const address = server.address();

  return {
    place: typeof address === "object" && address !== null ? address.port : listen,
    cut: (cut, withinMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          armed = undefined;
          resolve(false);
        }, withinMs);
        armed = {
          ...cut,
          left: cut.bytes,
          done: (was) => {
            clearTimeout(timer);
            resolve(was);
          },
        };
      }),
    sees: (request, withinMs) =>
      new Promise((resolve) => {
        const one: Waiting = {
          request,
          seen: (inTime) => {
            clearTimeout(timer);
            resolve(inTime);
          },
        };
        const timer = setTimeout(() => {
          waiting.delete(one);
          resolve(false);
        }, withinMs);
        waiting.add(one);
      }),
    refuse: (all) => {
      refusing = all;
      if (all) for (const socket of open) socket.destroy();
    },
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
