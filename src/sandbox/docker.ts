/** A simulated container engine: nothing runs in it. It remembers every act in a ledger, and fails on request. */
import { createHash } from "node:crypto";
import { dependantsOf, type Neighbour } from "../../remediations/docker/dependants.ts";
import type { Container, Engine } from "../../remediations/docker/engine.ts";
import { DockerError } from "../../remediations/docker/errors.ts";
import { checkedSince, mostEvents } from "../../remediations/docker/events.ts";
import { checkedLogs } from "../../remediations/docker/logs.ts";
import { carries } from "../../remediations/docker/selector.ts";
import type { ContainerUsage } from "../../remediations/docker/usage.ts";
import type { Clock } from "../clock.ts";
import { type ClockReading, type Permission, writePermitted } from "../permit.ts";

export interface SimulatedContainer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Default `busybox:local`. */
  readonly image?: string;
  /** Name of the container in whose network it lives. Default: it has its own. */
  readonly networkOf?: string;
  /** Anything else an inspection should show. */
  readonly shown?: Partial<Container>;
}

/** One act, as the engine carried it out. */
export interface LedgerEntry {
  readonly verb: "restart" | "start";
  readonly id: string;
  readonly name: string;
  readonly atMs: number;
}

type Verb = "version" | "list" | "inspect" | "logs" | "usage" | "events" | "restart" | "start";

interface EngineFault {
  /** Thrown to the caller. */
  readonly error: Error;
  /** What takes effect nevertheless: the whole act, or only its stop, without the start. Default: nothing. */
  readonly effect?: "all" | "stopped";
}

export interface SimulatedEngine extends Engine {
  /** Every restart and start that took effect, oldest first: what demo and tests count. */
  readonly ledger: readonly LedgerEntry[];
  /** The next call of this verb fails. */
  failNext(verb: Verb, fault: EngineFault): void;
  /** Changes what an inspection shows; `undefined` removes the container. */
  change(name: string, shown: Partial<Container> | undefined): void;
}

export interface SimulatedEngineOptions {
  readonly containers: readonly SimulatedContainer[];
  readonly clock: Clock;
  /** The clocks with which it checks permits. Default: those of the machine. */
  readonly clocks?: () => ClockReading;
  /** Called after every restart, for a story in which a restart cures. */
  readonly onRestart?: (name: string) => void;
}

export function simulatedEngine(options: SimulatedEngineOptions): SimulatedEngine {
  const { clock } = options;
  const byId = containersById(options);
  const ledger: LedgerEntry[] = [];
  const faults: { verb: Verb; fault: EngineFault }[] = [];

  /** Carries out one call, or the fault that waits for it. */
  const call = async <T>(verb: Verb, effect: () => T, id = ""): Promise<T> => {
    const index = faults.findIndex((entry) => entry.verb === verb);
    const [planned] = index < 0 ? [] : faults.splice(index, 1);
    if (planned === undefined) return effect();
    const container = byId.get(id);
    const { error, effect: happens } = planned.fault;
    if (happens === "all") effect();
    if (happens === "stopped" && container) byId.set(id, { ...container, state: "exited" });
    throw error;
  };
  const present = (id: string): Container => {
    const container = byId.get(id);
    if (container !== undefined) return container;
    throw new DockerError("DW_DOCKER_GONE", `the simulated engine has no container ${id}`);
  };
  const run = (verb: LedgerEntry["verb"], id: string): void => {
    const container = present(id);
    byId.set(id, { ...container, state: "running", startedAt: startedAt(clock, container) });
    ledger.push({ verb, id, name: container.name, atMs: clock.now() });
    if (verb === "restart") options.onRestart?.(container.name);
  };

  return {
    host: "simulated",
    self: undefined,
    ledger,
    version: () => call("version", () => ({ engine: "simulated", api: "simulated" })),
    list: (labels) => call("list", () => labelled([...byId.values()], labels)),
    inspect: (id) => call("inspect", () => byId.get(id)),
    dependants: async (id) => dependantsOf(id, neighbours(options.containers, byId.values())),
    ...readings({ call, present, ledger }),
    restart: (id, how) =>
      permitted({ ...how, clocks: options.clocks }, () =>
        call("restart", () => run("restart", id), id),
      ),
    start: (id) => call("start", () => run("start", id)),
    failNext: (verb, fault) => void faults.push({ verb, fault }),
    change: (name, shown) => {
      const container = present(idOf(name));
      if (shown === undefined) byId.delete(container.id);
      else byId.set(container.id, { ...container, ...shown });
    },
  };
}

const labelled = (containers: readonly Container[], labels: readonly string[]) =>
  containers.filter((container) => carries(container.labels, labels));

interface Simulation {
  readonly call: <T>(verb: Verb, effect: () => T) => Promise<T>;
  readonly present: (id: string) => Container;
  readonly ledger: readonly LedgerEntry[];
}

/** Its containers write no log and use nothing. Their events come from the ledger. */
function readings({
  call,
  present,
  ledger,
}: Simulation): Pick<Engine, "logs" | "usage" | "events"> {
  return {
    logs: (id, wanted) =>
      call("logs", () => {
        checkedLogs(wanted);
        present(id);
        return { lines: [], cut: false };
      }),
    usage: (id) => call("usage", () => (present(id).state === "running" ? idle : undefined)),
    events: (id, sinceMs) =>
      call("events", () =>
        ledger
          .filter((act) => act.id === id && act.atMs >= checkedSince(sinceMs))
          .slice(-mostEvents)
          .map(({ atMs, verb }) => ({ atMs, action: verb })),
      ),
  };
}

/** A container in which nothing runs. */
const idle: ContainerUsage = { memoryBytes: 0, cpuPercent: 0, pids: 1 };

function containersById({ containers, clock }: SimulatedEngineOptions): Map<string, Container> {
  return new Map(
    containers.map((given) => [idOf(given.name), containerFrom(given, startedAt(clock))]),
  );
}

function neighbours(
  given: readonly SimulatedContainer[],
  now: Iterable<Container>,
): readonly Neighbour[] {
  return [...now].map((container) => {
    const lender = given.find(({ name }) => name === container.name)?.networkOf;
    return { ...container, networkMode: lender === undefined ? "" : `container:${idOf(lender)}` };
  });
}

async function permitted<T>(permission: Permission, act: () => Promise<T>): Promise<T> {
  await writePermitted(permission, () => undefined);
  return act();
}

function idOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}

/** As precise as an engine's, and later than the last one even when the clock stands still. */
function startedAt(clock: Clock, previous?: Container): string {
  const last = previous === undefined ? 0 : Date.parse(previous.startedAt);
  return new Date(Math.max(clock.now(), last + 1)).toISOString();
}

function containerFrom(given: SimulatedContainer, started: string): Container {
  const image = given.image ?? "busybox:local";
  return {
    id: idOf(given.name),
    name: given.name,
    images: [image],
    imageId: `sha256:${idOf(image)}`,
    startedAt: started,
    state: "running",
    health: "none",
    labels: given.labels,
    autoRemove: false,
    envNames: [],
    mounts: [],
    exposedPorts: [],
    programs: ["sh"],
    ...given.shown,
  };
}
