/** Asks for commands in memory: a person, an incident, a line; the answer as plain text. */
import type { CommandContext, CommandOutcome } from "../../src/commands/command.ts";
import { askedIn } from "../../src/commands/grammar.ts";
import { commandList } from "../../src/commands/index.ts";
import { KnownPeople, type Person } from "../../src/commands/people.ts";
import { refusalText } from "../../src/commands/says.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { openIncident } from "../fakes/episodes.ts";

const person = (name: string, changes: Partial<Person> = {}): Person => ({
  name,
  account: `5b10-${name}`,
  roles: undefined,
  timeZone: "UTC",
  scopes: ["read", "propose", "act"],
  machine: false,
  ...changes,
});

/** sarah has every role, tom is a responder, kim has none and no account of the tracker. */
export const known = new KnownPeople([
  person("sarah"),
  person("tom", { roles: ["responder"], timeZone: "Europe/Berlin" }),
  person("kim", { roles: [], account: undefined }),
]);

export const ticket = { id: "10012", key: "IR-12", url: "http://jira/browse/IR-12" };
/** 09:01 UTC: the incident of the fakes has been open for a minute. */
export const now = Date.UTC(2025, 9, 9, 9, 1);

export function contextOf(changes: Partial<CommandContext> = {}): CommandContext {
  return {
    id: "ticket:7#0",
    incident: openIncident({ ticket, openedAtMs: now - 14 * 60_000 }),
    actor: known.actor("ticket", "5b10-sarah"),
    people: known,
    nowMs: now,
    saidAtMs: now,
    ackForMs: 4 * 3_600_000,
    closedByHandMs: 4 * 3_600_000,
    models: ["default/production/main/churn-v7"],
    confirmed: false,
    routedTo: () => undefined,
    commands: commandList,
    open: [],
    freezes: [],
    fixes: [],
    figures: undefined,
    waiting: [],
    statuses: new Map(),
    ...changes,
  };
}

export function asks(line: string, changes: Partial<CommandContext> = {}): CommandOutcome {
  const [asked] = askedIn(line, commandList);
  if (asked?.command === undefined) throw new Error(`${line} is no command`);
  return asked.command.carryOut(asked.text, contextOf(changes));
}

/** What is answered, before a line says how to confirm. */
export function answer(line: string, changes: Partial<CommandContext> = {}): string {
  const outcome = asks(line, changes);
  if (outcome.status === "about") return `(about ${outcome.incident})`;
  if (outcome.status === "wishes") return `(wishes ${outcome.fix})`;
  if (outcome.status === "confirms") return `(confirms ${outcome.command})`;
  if (outcome.status === "refused") return plainText([refusalText(outcome)]);
  return plainText([outcome.status === "asks" ? [outcome.question] : outcome.says]);
}
