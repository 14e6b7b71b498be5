/** A service as its probes see it: what to ask, and what follows from an answer. Plain data from the configuration. */
import type { ServiceSubject } from "../incidents/subject.ts";

/** What an endpoint of a service shows, and how long its answer may take. */
interface EndpointTimes {
  /** The whole answer is awaited for so long, ms. */
  readonly timeoutMs: number;
  /** The part of the service that the endpoint is about; left out: the service as a whole. */
  readonly part?: string | undefined;
  /** Whether it may lie at an address that gives out credentials of the machine. Default false. */
  readonly metadataAddress?: boolean | undefined;
}

export interface HttpEndpoint extends EndpointTimes {
  /** http or https, without credentials. */
  readonly http: string;
  /** A slower answer is a finding, ms. Default: none is. */
  readonly slowAfterMs?: number | undefined;
}

export interface TcpEndpoint extends EndpointTimes {
  readonly tcp: { readonly host: string; readonly port: number };
}

export type HealthEndpoint = HttpEndpoint | TcpEndpoint;

export interface ProbedService {
  readonly subject: ServiceSubject;
  /** The `key=value` labels of its containers, every one; undefined where no container is asked about. */
  readonly container: readonly string[] | undefined;
  readonly health: readonly HealthEndpoint[];
  /** Names of the services on which it depends. */
  readonly needs: readonly string[];
  /** Nobody waits for it: its severity is P2 at most. */
  readonly background: boolean;
  /** How long it may take to answer after a start, ms. */
  readonly startGraceMs: number;
  /** How often it is asked, ms. */
  readonly everyMs: number;
  /** The part of its memory limit from which on a finding is made, 0..1. */
  readonly memoryAbove: number;
}
