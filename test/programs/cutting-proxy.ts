/** A TCP proxy that can cut a connection at the moment a chosen text goes by, after it has reached the server, or hang. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface CuttingProxy {
  readonly port: number;
  /** The next `times` connections that send this text lose their client; the server still gets the text. Default: one. */
  cutAfter(text: string, times?: number): void;
  /** Ends all connections, and refuses new ones until {@link restore}. */
  cut(): void;
  restore(): void;
  /** From now on nothing goes by, in either direction, over old connections and new ones. */
  hang(): void;
  /** What was held up goes by. */
  goOn(): void;
  stop(): void;
}

export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  let armed: string | undefined;
  let left = 0;
  let hanging = false;
  let isCut = false;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => open.delete(socket));
    }
    client.on("close", () => upstream.end());
    upstream.on("close", () => client.destroy());
    upstream.on("data", (data: Buffer) => client.write(data));
    client.on("data", (data: Buffer) => {
      const cut = armed !== undefined && data.includes(armed);
      upstream.write(data);
      if (!cut) return;
      left -= 1;
      if (left === 0) armed = undefined;
      client.destroy();
    });
    if (hanging) for (const socket of [client, upstream]) socket.pause();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    port: address.port,
    cutAfter: (text, times = 1) => {
      armed = text;
      left = times;
    },
    cut: () => {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    restore: () => {
      isCut = false;
    },
    hang: () => {
      hanging = true;
      for (const socket of open) socket.pause();
    },
    goOn: () => {
      hanging = false;
      for (const socket of open) socket.resume();
    },
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
