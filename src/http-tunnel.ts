/** A tunnel through an HTTP proxy. For https, TLS runs end to end through it, so the proxy can read nothing. */
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { rootCertificates, connect as tlsConnect } from "node:tls";

export interface Tunnel {
  /** Rejects when the proxy is not there, or refuses. */
  readonly standing: Promise<Socket>;
  readonly close: () => void;
}

/** @param proxy with user and password where it needs them */
export function openTunnel(proxy: URL, to: URL): Tunnel {
  const target = `${to.hostname}:${to.port || (to.protocol === "http:" ? "80" : "443")}`;
  const secrets = [proxy.username, proxy.password].map(decodeURIComponent).join(":");
  const authorization = {
    "proxy-authorization": `Basic ${Buffer.from(secrets).toString("base64")}`,
  };
  const options = {
    host: proxy.hostname.replaceAll(/^\[|\]$/g, ""),
    port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
    method: "CONNECT",
    path: target,
    headers: { host: target, ...(secrets === ":" ? {} : authorization) },
    agent: false,
  } as const;
  const request = proxy.protocol === "https:" ? tlsRequest(options) : plainRequest(options);
  const standing = new Promise<Socket>((resolve, reject) => {
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Error(`it answered ${response.statusCode}`));
      if (response.statusCode !== 200) socket.destroy();
    });
    request.on("error", reject);
    request.once("close", () => reject(new Error("it closed the connection")));
  });
  request.end();
  return { standing, close: () => request.destroy() };
}

/** Without `ca`, only Node's own authorities are trusted. */
export function trusting(ca: string | undefined): Trusted {
  return ca === undefined ? {} : { ca: [...rootCertificates, ca] };
}

export interface Trusted {
  readonly ca?: string[];
}

/** TLS through a tunnel that stands. */
export function secured(socket: Socket, to: URL, trusted: Trusted): Socket {
  const host = to.hostname.replaceAll(/^\[|\]$/g, "");
  return tlsConnect({ socket, host, ...trusted, ...(isIP(host) === 0 && { servername: host }) });
}
