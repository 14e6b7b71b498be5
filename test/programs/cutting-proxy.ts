/** A TCP proxy that can cut a connection at the moment a chosen text goes by, after it has reached the server. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface CuttingProxy {
  readonly port: number;
  /** The next `times` connections that send this text lose their client; the server still gets the text. Default: one. */
  cutAfter(text: string, times?: number): void;
  stop(): void;
}

export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  let armed: string | undefined;
  let left = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
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
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
