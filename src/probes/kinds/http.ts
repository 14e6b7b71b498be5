/**
 * Asks an HTTP endpoint of a service. What failed is told apart: the name, the connection, TLS, the answer, its status
 * and its time, because infrastructure comes first.
 *
 * An endpoint about the whole service that is silent may mean that the service is down. An endpoint about a part, such
 * as OpenClaw's /readyz, shows only that the part is broken.
 */
import { formatDuration } from "../../duration.ts";
import { type HostLookUp, resolveHost } from "../addresses.ts";
import { foreign } from "../figures.ts";
import { type Exchanged, exchange, type Stage } from "../http-exchange.ts";
import type { ProbeAnswer, ProbeFinding, ProbeKind } from "../probe.ts";
import type { HttpEndpoint, ProbedService } from "../service.ts";
import { whatItSays } from "../what-it-says.ts";

export const http: ProbeKind = {
  name: "http",
  questions: (service) =>
    service.health.flatMap((endpoint) => {
      if (!("http" in endpoint)) return [];
      const id = `http ${endpoint.http}`;
      const way = endpoint.part === undefined ? ("endpoint" as const) : undefined;
      const look = async () => ({ answer: await askHttp(endpoint) });
      return [{ id, kind: "http", place: placeOf(service, id), service, way, look }];
    }),
};

/** Two services may name one endpoint, and each has its own times. */
export const placeOf = ({ subject }: ProbedService, id: string): string =>
  [subject.tenant, subject.environment, subject.name, id].join("/");

/** @param lookUp default: the system's */
export async function askHttp(endpoint: HttpEndpoint, lookUp?: HostLookUp): Promise<ProbeAnswer> {
  const { timeoutMs, metadataAddress = false } = endpoint;
  const url = new URL(endpoint.http);
  const resolved = await resolveHost(url.hostname, { metadataAddress, lookUp });
  if (resolved.status === "unasked") return resolved;
  if (resolved.status === "unknown")
    return silent(endpoint, `no host has the name ${foreign(url.hostname)} (${resolved.code})`);
  return judged(endpoint, await exchange({ url, addresses: resolved.addresses, timeoutMs }));
}

/** Pure. */
function judged(endpoint: HttpEndpoint, exchanged: Exchanged): ProbeAnswer {
  if (exchanged.status === "failed") return failed(endpoint, exchanged);
  const { code, location = "nowhere", body, tookMs } = exchanged;
  const hundreds = Math.floor(code / 100);
  if (hundreds === 2) return timely(endpoint, tookMs);
  if (hundreds === 3)
    return degraded(
      endpoint,
      `answers ${code} and leads to ${foreign(location)}, which is not followed; name the address that answers itself`,
    );
  const { failing: names, isStarting } = whatItSays(body);
  const parts = names.length === 0 ? "" : `: ${names.map((name) => foreign(name)).join(", ")}`;
  const answer = degraded(endpoint, `answers ${code}${parts}`);
  return isStarting && answer.status === "failing" ? { ...answer, status: "starting" } : answer;
}

function timely(endpoint: HttpEndpoint, tookMs: number): ProbeAnswer {
  const { slowAfterMs = Number.POSITIVE_INFINITY } = endpoint;
  if (tookMs <= slowAfterMs) return { status: "fine" };
  const said = `answers after ${formatDuration(tookMs)} (threshold: ${formatDuration(slowAfterMs)})`;
  return degraded(endpoint, said);
}

const stages: Readonly<Record<Stage, (code: string, waited: string) => string>> = {
  connect: (code, waited) =>
    code === "timeout"
      ? `cannot be connected to within ${waited}`
      : `refuses the connection (${code})`,
  tls: (code, waited) =>
    code === "timeout" ? `does not finish TLS within ${waited}` : `fails at TLS (${code})`,
  answer: (code, waited) =>
    code === "timeout"
      ? `does not answer within ${waited}`
      : `ends the connection without an answer (${code})`,
  body: (code, waited) =>
    code === "timeout"
      ? `does not finish its answer within ${waited}`
      : `breaks its answer off (${code})`,
};

function failed(
  endpoint: HttpEndpoint,
  { stage, code, isOurs }: Extract<Exchanged, { status: "failed" }>,
): ProbeAnswer {
  if (isOurs) return { status: "unasked", reason: `this machine cannot connect (${code})` };
  const said = stages[stage](foreign(code), formatDuration(endpoint.timeoutMs));
  return stage === "body" ? degraded(endpoint, said) : silent(endpoint, said);
}

type Endpoint = Pick<HttpEndpoint, "http" | "part">;

const silent = (endpoint: Endpoint, said: string): ProbeAnswer =>
  failing(endpoint, { kind: "down", reach: "silent", class: "infrastructure", said });

const degraded = (endpoint: Endpoint, said: string): ProbeAnswer =>
  failing(endpoint, { kind: "unhealthy", reach: "degraded", class: "behaviour", said });

/** A part that is silent is a broken part. */
function failing({ http: address, part }: Endpoint, finding: ProbeFinding): ProbeAnswer {
  const said = `${part === undefined ? "" : `${part}: `}${address} ${finding.said}`;
  const own = part === undefined ? {} : ({ kind: "unhealthy", reach: "degraded" } as const);
  return { status: "failing", finding: { ...finding, ...own, said } };
}
