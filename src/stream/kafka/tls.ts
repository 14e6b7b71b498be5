/** Makes TLS sockets that read certificates from files at each connection: kafkajs itself reads them once. */
import { isIP } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { ISocketFactory } from "kafkajs";

/** Texts in PEM. For one that is left out, Node's default counts. */
export interface TlsTexts {
  /** Authorities that are trusted, instead of Node's. */
  readonly ca?: string;
  /** The client's own certificate, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

const keepAliveMs = 60_000;

/** @param texts may throw; the connection then fails for that reason */
export function tlsSockets(texts: () => TlsTexts): ISocketFactory {
  return ({ host, port, onConnect }): TLSSocket => {
    const socket = connect({ host, port, ...named(host), ...texts() }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    return socket;
  };
}

/** Tells the server which of its names is meant (SNI). An IP address is not a name. */
export const named = (host: string): Pick<ConnectionOptions, "servername"> =>
  isIP(host) === 0 ? { servername: host } : {};
