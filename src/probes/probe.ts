/**
 * The contract of a probe. A kind of probe is a file in `kinds/` and one line in `index.ts`.
 *
 * A probe asks, and describes what it saw. It does not decide how often something has to be seen (`standing.ts`), how
 * severe it is (`verdict.ts`), or what is opened (`follow.ts`).
 */
import type { Container, Engine } from "../../remediations/docker/engine.ts";
import type { FaultClass, ProbedKind } from "../incidents/episode.ts";
import type { ProbedService } from "./service.ts";

/**
 * silent: nothing answers this way · degraded: it answers, and worse than it should · near: nothing is broken yet.
 */
export type FindingReach = "silent" | "degraded" | "near";

/** What is wrong, as one probe sees it. */
export interface ProbeFinding {
  readonly kind: ProbedKind;
  readonly reach: FindingReach;
  readonly class: FaultClass;
  /** One sentence with its numbers. It may hold text from the service, made printable and short. */
  readonly said: string;
  /** It counts when it is seen once, because the engine itself has counted or recorded it. */
  readonly certain?: true;
}

/**
 * fine · failing · starting: it says that it starts or stops, which is a finding once the start grace is over ·
 * unasked: the question could not be asked, which says nothing about the service.
 */
export type ProbeAnswer =
  | { readonly status: "fine" }
  | { readonly status: "failing"; readonly finding: ProbeFinding }
  | { readonly status: "starting"; readonly finding: ProbeFinding }
  | { readonly status: "unasked"; readonly reason: string };

/** What the container probe remembers between two looks. It is stored. */
export interface SeenContainers {
  readonly replicas: Readonly<Record<string, SeenReplica>>;
  /** When its containers were started again by their restart policy, ms since 1970, lately. */
  readonly starts: readonly number[];
  /** When the kernel last killed a process of it for its memory, ms since 1970. */
  readonly oomAtMs?: number | undefined;
  /** The newest start of a container, ms since 1970. */
  readonly startedAtMs?: number | undefined;
  /** A person has stopped every container that there is. */
  readonly stopped?: true | undefined;
}

export interface SeenReplica {
  readonly startedAt: string;
  readonly restarts: number;
  /** Its OOM kill was counted. */
  readonly oomKilled: boolean;
  /** Left out while it runs. */
  readonly ended?: "by_hand" | "by_itself" | undefined;
}

/** A finished look: the answer, and what to remember for the next one. */
export interface ProbeLook {
  readonly answer: ProbeAnswer;
  /** Left out where the probe remembers nothing. */
  readonly seen?: SeenContainers;
}

export interface LookOptions {
  readonly nowMs: number;
  /** What this question remembered. */
  readonly seen: SeenContainers | undefined;
  readonly round: HostRound;
}

/** The container engine, as one round of questions uses it: each group of containers is inspected once. */
export interface HostRound {
  /** @throws DockerError */
  readonly engine: () => Engine;
  /** The containers with all of these labels, without one-off ones. @throws DockerError */
  containers(labels: readonly string[]): Promise<readonly Container[]>;
}

/** One question about one service, asked again and again. */
export interface ProbeQuestion {
  /** Unique within the service; it is stored. */
  readonly id: string;
  /** Name of its kind, for metrics. */
  readonly kind: string;
  /** Questions of one place are asked by one process: the engine's host, or an endpoint. */
  readonly place: string;
  readonly service: ProbedService;
  /** Whether silence means that the service as a whole may not answer. */
  readonly way: "endpoint" | "container" | undefined;
  /** Where it is away, the other questions of its place cannot be asked. Default false. */
  readonly leads?: true;
  /** Throws nothing but programming errors: what went wrong is an answer. */
  look(options: LookOptions): Promise<ProbeLook>;
}

export interface ProbeKind {
  /** In metrics and in the ids of its questions. */
  readonly name: string;
  /** The questions that it has about a service; none where the configuration names nothing for it. */
  questions(service: ProbedService): readonly ProbeQuestion[];
}
