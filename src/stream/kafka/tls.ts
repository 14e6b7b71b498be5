/** Makes the sockets of a client whose certificates are in files: kafkajs itself keeps those of the start. */
import { isIP } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { ISocketFactory } from "kafkajs";

/** PEM. What is left out is Node's own. */
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

/** A server may have several names; an IP address is none. */
export const named = (host: string): Pick<ConnectionOptions, "servername"> =>
  isIP(host) === 0 ? { servername: host } : {};
