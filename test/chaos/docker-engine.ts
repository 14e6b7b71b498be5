/** The real Docker engine, with the ledger that its own events make: each start of a container that it reports. */
import { z } from "zod";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import { startTestDocker } from "../programs/docker.ts";
import type { ContainerEngine, Restart } from "./container-engine.ts";

const startEvent = z.object({ Actor: z.object({ ID: z.string() }) });
const inspection = z.object({ State: z.object({ StartedAt: z.string() }) });

/** @param names of the containers, each with the label `app=<name>` */
export async function startRealEngine(names: readonly string[]): Promise<ContainerEngine> {
  const engine = await startTestDocker();
  const startedAtOf = async (id: string): Promise<string> =>
    inspection.parse(await engine.api(`GET /containers/${id}/json`)).State.StartedAt;
  const ids = new Map<string, string>();
  /** By id. */
  const startedAt = new Map<string, string>();
  for (const name of names) {
    const id = await engine.run({ name, labels: { app: name } });
    ids.set(name, id);
    startedAt.set(id, await startedAtOf(id));
  }
  const restarts: Restart[] = [];
  const note = async (id: string): Promise<void> => {
    const [before = "", after] = [startedAt.get(id), await startedAtOf(id)];
    startedAt.set(id, after);
    restarts.push({ container: id, before, after, atMs: Date.parse(after) });
  };
  let noted = Promise.resolve();
  await watchEvents(engine.socket, { type: ["container"], event: ["start"] }, (event) => {
    const { Actor } = startEvent.parse(event);
    noted = noted.then(() => note(Actor.ID));
  });
  return {
    socket: engine.socket,
    restarts,
    startedAt: (name) => startedAt.get(ids.get(name) ?? "") ?? "",
    stop: () => engine.stop(),
  };
}
