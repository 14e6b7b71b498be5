/** The containers of the demo's story, and the engine that they run in: a simulated one, or a real one behind an executor. */
import type { Engine } from "../../../remediations/docker/engine.ts";
import type { Clock } from "../../clock.ts";
import { type SimulatedContainer, simulatedEngine } from "../docker.ts";
import { watchEvents } from "../docker-api.ts";
import { type ContainerSpec, type DockerEngine, startDockerEngine } from "../dockerd.ts";
import { startExecutorProcess } from "../executor-process.ts";

/**
 * Two services that are restarted, one of them with three replicas, and three containers that a gate protects: a
 * database, one that another depends on, and a lone replica.
 */
const containers: readonly SimulatedContainer[] = [
  { name: "feature-store-1", labels: { app: "feature-store" } },
  ...["eta-1", "eta-2", "eta-3"].map((name) => ({ name, labels: { app: "eta" } })),
  { name: "fraud-db-1", labels: { app: "fraud-db", "com.docker.compose.service": "postgres" } },
  { name: "fraud-gateway-1", labels: { app: "fraud-gateway" } },
  { name: "fraud-scorer-1", labels: { app: "fraud-scorer" }, networkOf: "fraud-gateway-1" },
];

/** Counts that come from the engine itself. */
export interface RestartsSeen {
  /** Names of the containers that were restarted, oldest first. */
  readonly names: () => readonly string[];
  /** How many containers were down at the same time, at most. */
  readonly mostDown: () => number;
}

export interface ChosenEngine {
  /** The simulated engine; undefined when the configuration names a real one. */
  readonly simulated: Engine | undefined;
  /** The section `docker:` of the daemon's configuration. */
  readonly docker: string;
  readonly restarts: RestartsSeen;
}

export interface StoryEngineOptions {
  readonly clock: Clock;
  /** Called for each thing that was started, with how to stop it. The caller stops them in reverse order. */
  readonly onStop: (name: string, stop: () => Promise<void>) => void;
  /** A real Docker engine, and an executor before it, instead of the simulated engine. */
  readonly docker: boolean;
  /** Program and first arguments that start Driftwarden: the executor is a process of its own. */
  readonly program: readonly string[];
  /** Receives one line for each thing that was started. */
  readonly say: (line: string) => void;
}

interface EngineOptions extends StoryEngineOptions {
  /** Belongs to this user alone. */
  readonly folder: string;
}

const names = containers.map(({ name }) => name).join(", ");

export function chooseEngine(options: EngineOptions): Promise<ChosenEngine> | ChosenEngine {
  return options.docker ? realEngine(options) : simulated(options);
}

function simulated({ clock, say }: EngineOptions): ChosenEngine {
  const engine = simulatedEngine({ clock, containers });
  say(`Docker        SIMULATED: ${names}; --docker for a real engine`);
  const restarted = (): readonly string[] =>
    engine.ledger.filter((act) => act.verb === "restart").map(({ name }) => name);
  return {
    simulated: engine,
    docker: "{socket: /var/run/docker.sock}",
    // A simulated restart takes no time.
    restarts: { names: restarted, mostDown: () => Math.min(1, restarted().length) },
  };
}

async function realEngine({ folder, program, onStop, say }: EngineOptions): Promise<ChosenEngine> {
  const engine = await startDockerEngine({ install: true, say });
  onStop("docker", () => engine.stop());
  for (const spec of containers) await engine.run(realSpec(spec));
  say(`Docker        real engine on ${engine.socket}: ${names}`);
  const mostDown = await watchDown(engine);
  const allow = [...new Set(containers.map(({ labels }) => `app=${labels["app"]}`))];
  const executor = await startExecutorProcess({ program, folder, engine: engine.socket, allow });
  onStop("executor", () => executor.stop());
  say(
    `Executor      a process of its own (pid ${executor.pid}) on ${executor.socket}; the daemon has no right to Docker`,
  );
  return {
    simulated: undefined,
    docker: `{executor: ${executor.socket}}`,
    restarts: { names: () => engine.restarts.map(({ name }) => name), mostDown },
  };
}

/** @returns how many containers were down at the same time, at most */
async function watchDown({ socket }: DockerEngine): Promise<() => number> {
  const down = new Set<string>();
  let most = 0;
  await watchEvents(socket, { type: ["container"], event: ["die", "start"] }, (event) => {
    const { Action: action, Actor: actor } = Object(event);
    const id = String(Object(actor).ID);
    if (action === "start") down.delete(id);
    else down.add(id);
    most = Math.max(most, down.size);
  });
  return () => most;
}

function realSpec({ name, labels, networkOf }: SimulatedContainer): ContainerSpec {
  if (networkOf === undefined) return { name, labels };
  return { name, labels, create: { HostConfig: { NetworkMode: `container:${networkOf}` } } };
}
