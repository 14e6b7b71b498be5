/** People of a history: they approve and deny by the product's own commands. */
import { approve } from "../../src/commands/approve.ts";
import type { CommandContext } from "../../src/commands/command.ts";
import { deny } from "../../src/commands/deny.ts";
import { KnownPeople, mayPlay } from "../../src/commands/people.ts";
import { restart } from "../../src/commands/restart.ts";
import type { Commanded } from "../../src/incidents/deed.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { AnsweredProposal, RunWish } from "../../src/incidents/proposal.ts";
import type { SeenFix } from "../../src/incidents/wish.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { PersonName, Step } from "./steps.ts";

const known = new KnownPeople(
  (["sarah", "tom", "eve"] as const).map((name) => ({
    name,
    account: name,
    roles: name === "eve" ? [] : ["responder"],
    timeZone: "UTC",
    scopes: ["read", "propose", "act"],
    machine: false,
  })),
);

interface Saying extends Pick<Extract<Step, { kind: "say" }>, "word" | "which" | "named"> {
  readonly who: PersonName;
  /** Of the command. */
  readonly id: string;
  readonly nowMs: number;
}

/** What is typed, what follows from it for the incident, and which letters the ticket showed as waiting. */
interface Said {
  readonly text: string;
  readonly event: Commanded | undefined;
  readonly shown: readonly string[];
}

export function sayOn(id: string, saying: Saying, store: MemoryStore): Said {
  const incident = store.rows.incidents.get(id);
  if (incident === undefined) throw new Error(`incident ${id} is gone`);
  const behind = textOf(incident, saying, store);
  const text = `${saying.word} ${behind}`.trim();
  const actor = known.actor("ticket", saying.who);
  const shown = incident.runs.flatMap(({ status, proposal }) =>
    status === "proposed" && proposal !== undefined ? [proposal.id] : [],
  );
  if (!mayPlay("responder", actor)) return { text, shown, event: undefined };
  const command = saying.word === "approve" ? approve : deny;
  const outcome = command.carryOut(behind, contextOf(incident, { saying, store }));
  if (outcome.status !== "done" || outcome.deed === undefined)
    return { text, shown, event: undefined };
  const event = {
    type: "commanded",
    command: saying.id,
    by: actor.by,
    deed: outcome.deed,
  } as const;
  return { text, shown, event };
}

/** What a person who asks for a run is told to do: the fix that is judged; undefined where it is refused at once. */
export function wishOn(
  incident: Incident,
  {
    who,
    fix,
    id,
    nowMs,
  }: { readonly who: PersonName; readonly fix: string } & Pick<Saying, "id" | "nowMs">,
  { store, fixes }: { readonly store: MemoryStore; readonly fixes: readonly SeenFix[] },
): RunWish | undefined {
  const actor = known.actor("ticket", who);
  if (!mayPlay("responder", actor)) return undefined;
  const saying = { who, id, nowMs, word: "approve", which: "none", named: false } as const;
  const context = { ...contextOf(incident, { saying, store }), fixes };
  const outcome = restart.carryOut(fix, context);
  return outcome.status === "wishes" ? { command: id, by: actor.by } : undefined;
}

const waits = (one: Incident): AnsweredProposal | undefined =>
  one.runs.findLast(({ status }) => status === "proposed")?.proposal;

function textOf(incident: Incident, { which, named }: Saying, store: MemoryStore): string {
  const elsewhere = [...store.rows.incidents.values()].find(
    (other) => other.id !== incident.id && waits(other) !== undefined,
  );
  const own = waits(incident);
  const ids = {
    own: own?.id ?? "",
    none: "",
    wrong: "XZXZ",
    elsewhere: (elsewhere && waits(elsewhere)?.id) ?? "",
  };
  return [ids[which], named ? (own?.act.name ?? "") : ""].filter((part) => part !== "").join(" ");
}

function contextOf(
  incident: Incident,
  { saying, store }: { readonly saying: Saying; readonly store: MemoryStore },
): CommandContext {
  const rows = [...store.rows.runs.values()];
  const { incidents } = store.rows;
  return {
    id: saying.id,
    incident,
    actor: known.actor("ticket", saying.who),
    people: known,
    nowMs: saying.nowMs,
    saidAtMs: saying.nowMs,
    ackForMs: 0,
    closedByHandMs: 0,
    models: [],
    confirmed: false,
    routedTo: () => undefined,
    commands: [approve, deny],
    waiting: rows.flatMap((run) =>
      run.status === "proposed" && run.proposal !== null
        ? [
            {
              run: run.id,
              fix: run.fix,
              incident: run.incident,
              incidentNumber: incidents.get(run.incident)?.number ?? null,
              target: run.targetId,
              proposal: run.proposal,
            },
          ]
        : [],
    ),
    statuses: new Map(rows.map(({ id, status }) => [id, status])),
    open: [],
    freezes: [],
    fixes: [],
    figures: undefined,
  };
}
