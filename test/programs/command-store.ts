/** A store with one incident, people who may say something about it, and the worker that carries it out. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { systemClock } from "../../src/clock.ts";
import type { Wishing } from "../../src/commands/context.ts";
import { commandList } from "../../src/commands/index.ts";
import { commandsMetrics } from "../../src/commands/metrics.ts";
import type { KnownPeople } from "../../src/commands/people.ts";
import { type CommandWorkerOptions, carryOutWaiting } from "../../src/commands/worker.ts";
import { isDigest } from "../../src/incidents/digest.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import type { CommandAnswer } from "../../src/messages/answer.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { answerOf, insertCommand, type NewCommand } from "../../src/store/commands/command.ts";
import { setRights } from "../../src/store/commands/rights.ts";
import { getIncident } from "../../src/store/incidents/incident.ts";
import type { Store } from "../../src/store/store.ts";
import { known } from "../commands/asking.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { orderKeyOf } from "./executors.ts";

const hour = 3_600_000;
const ticket = { id: "10012", key: "IR-12", url: "http://jira/browse/IR-12" };
const recording = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    ticketed: true,
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    ackForMs: 4 * hour,
    closedByHandMs: 4 * hour,
    fixesFor: () => [],
  },
};

/** Puts incident 1 into a store; its ticket is open. */
export async function withIncidentIn(store: Store): Promise<Store> {
  const event = episodeOpened({ at: Date.now() * 1000, newestRow: Date.now() * 1000 });
  await store.transaction(async (tx) => {
    const rights = ["5b10-sarah", "5b10-tom"].flatMap((handle) =>
      ["known", "responder", "commander"].map((role) => ({ handle, role })),
    );
    await setRights(tx, rights, 1_000);
    await recordEvents(tx, [{ event }], recording);
    await recordEvents(
      tx,
      [{ event: { type: "ticket_opened", ticket }, incident: `inc-${event.id}` }],
      recording,
    );
  });
  return store;
}

let messages = 0;

export function comment(said: string, changes: Partial<NewCommand> = {}): NewCommand {
  messages += 1;
  return {
    door: "ticket",
    message: String(messages),
    place: ticket.id,
    incident: 1,
    account: "5b10-sarah",
    said,
    saidAtMs: Date.now(),
    ...changes,
  };
}

export const worker = (
  store: Store,
  { people = known, wishing }: { readonly people?: KnownPeople; readonly wishing?: Wishing } = {},
): CommandWorkerOptions => ({
  store,
  people,
  wishing,
  commands: commandList,
  recording,
  clock: systemClock,
  logger: pino({ level: "silent" }),
  metrics: commandsMetrics(new Registry()),
});

export async function theIncident(store: Store): Promise<Incident | undefined> {
  const found = await getIncident(store, "inc-e1");
  return found === undefined || isDigest(found) ? undefined : found;
}

/** Says it, has it carried out, and gives the answer. */
export async function answered(
  store: Store,
  command: NewCommand,
  wishing?: Wishing,
): Promise<CommandAnswer & { readonly text: string }> {
  await insertCommand(store, command, Date.now());
  await carryOutWaiting(worker(store, wishing === undefined ? {} : { wishing }));
  const found = await answerOf<CommandAnswer>(store, `${command.door}:${command.message}`);
  if (found === undefined) throw new Error("no answer");
  return { ...found.answer, text: plainText(found.answer.says) };
}
