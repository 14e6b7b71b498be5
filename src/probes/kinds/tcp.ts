/** Asks whether a port of a service takes connections. Nothing is sent. */
import { connect } from "node:net";
import { formatDuration } from "../../duration.ts";
import {
  codeOf,
  type HostAddress,
  type HostLookUp,
  isOwnFailure,
  resolveHost,
} from "../addresses.ts";
import { foreign } from "../figures.ts";
import type { ProbeAnswer, ProbeFinding, ProbeKind } from "../probe.ts";
import type { TcpEndpoint } from "../service.ts";
import { placeOf } from "./http.ts";

export const tcp: ProbeKind = {
  name: "tcp",
  questions: (service) =>
    service.health.flatMap((endpoint) => {
      if (!("tcp" in endpoint)) return [];
      const id = `tcp ${addressOf(endpoint)}`;
      const way = endpoint.part === undefined ? ("endpoint" as const) : undefined;
      const look = async () => ({ answer: await askTcp(endpoint) });
      return [{ id, kind: "tcp", place: placeOf(service, id), service, way, look }];
    }),
};

const addressOf = ({ tcp: { host, port } }: TcpEndpoint): string => `${host}:${port}`;

/** @param lookUp default: the system's */
export async function askTcp(endpoint: TcpEndpoint, lookUp?: HostLookUp): Promise<ProbeAnswer> {
  const { tcp: to, metadataAddress = false, timeoutMs } = endpoint;
  const resolved = await resolveHost(to.host, { metadataAddress, lookUp });
  if (resolved.status === "unasked") return resolved;
  if (resolved.status === "unknown")
    return failing(endpoint, `no host has the name ${foreign(to.host)} (${resolved.code})`);
  const error = await connected(resolved.addresses, { port: to.port, timeoutMs });
  if (error === undefined) return { status: "fine" };
  const code = codeOf(error);
  if (isOwnFailure(error))
    return { status: "unasked", reason: `this machine cannot connect (${code})` };
  return failing(
    endpoint,
    error instanceof Late
      ? `cannot be connected to within ${formatDuration(timeoutMs)}`
      : `refuses the connection (${code})`,
  );
}

class Late extends Error {}

/** @returns why no address took the connection; undefined where one did */
function connected(
  addresses: readonly HostAddress[],
  { port, timeoutMs }: { readonly port: number; readonly timeoutMs: number },
): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: "checked",
      port,
      autoSelectFamily: true,
      lookup: (_host, { all }, callback) => {
        if (all === true) callback(null, [...addresses]);
        else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
      },
    });
    const end = (error: Error | undefined): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(error);
    };
    const deadline = setTimeout(() => end(new Late("timeout")), timeoutMs);
    socket.on("connect", () => end(undefined));
    socket.on("error", end);
  });
}

function failing(endpoint: TcpEndpoint, what: string): ProbeAnswer {
  const { part } = endpoint;
  const said = `${part === undefined ? "" : `${part}: `}${addressOf(endpoint)} ${what}`;
  const kind = part === undefined ? "down" : "unhealthy";
  const reach: ProbeFinding["reach"] = part === undefined ? "silent" : "degraded";
  return { status: "failing", finding: { kind, reach, class: "infrastructure", said } };
}
