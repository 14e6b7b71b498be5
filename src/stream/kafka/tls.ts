/** Makes TLS sockets that read certificates from files at each connection, because kafkajs reads them only once. */
import { isIP } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { ISocketFactory } from "kafkajs";

/** Texts in PEM. A text that is left out has Node's default. */
export interface TlsTexts {
  /** Trusted authorities, instead of Node's. */
  readonly ca?: string;
  /** The client's own certificate, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

const keepAliveMs = 60_000;

/** @param texts may throw; the connection then fails with this error */
export function tlsSockets(texts: () => TlsTexts): ISocketFactory {
  return ({ host, port, onConnect }): TLSSocket => {
    const socket = connect({ host, port, ...named(host), ...texts() }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    return socket;
  };
}

/** Sets the server name of the connection (SNI). An IP address is not sent as a name. */
export const named = (host: string): Pick<ConnectionOptions, "servername"> =>
  isIP(host) === 0 ? { servername: host } : {};
