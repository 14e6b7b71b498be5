/** The door of ticket comments at a Jira sandbox, with what it hands in kept in memory. */
import { Accounts } from "../../src/sandbox/jira/accounts.ts";
import {
  type JiraSandbox,
  type JiraSandboxOptions,
  startJiraSandbox,
} from "../../src/sandbox/jira/server.ts";
import type { SeenAct } from "../../src/tickets/acts.ts";
import { TicketDoor } from "../../src/tickets/door.ts";
import type { DoorStore, HeardComment, OpenTicket } from "../../src/tickets/door-store.ts";
import type { Jira } from "../../src/tickets/jira/jira.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { askAs, fields } from "../sandbox/jira/ask.ts";
import { openExample } from "./jira/open-example.ts";

export class DoorMemory implements DoorStore {
  readonly commands = new Map<string, HeardComment | SeenAct>();
  /** Call for call: the same words may come again. */
  readonly calls: (HeardComment | SeenAct)[] = [];
  tickets: readonly OpenTicket[] = [];
  readonly #clock: FakeClock;
  readonly #cameAtMs = new Map<string, number>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async openTickets(): Promise<readonly OpenTicket[]> {
    return this.tickets;
  }

  async incidentsOf(tickets: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const known = this.tickets.filter(({ ticket }) => tickets.includes(ticket));
    return new Map(known.map(({ ticket, incident }) => [ticket, incident]));
  }

  async talkedOnSince(sinceMs: number): Promise<readonly string[]> {
    const recent = [...this.commands.values()].filter(
      ({ door, message }) => door === "ticket" && (this.#cameAtMs.get(message) ?? 0) > sinceMs,
    );
    return [...new Set(recent.map(({ place }) => place))].slice(0, 20);
  }

  async handIn(command: HeardComment | SeenAct): Promise<void> {
    this.calls.push(command);
    if (this.commands.has(command.message)) return;
    this.commands.set(command.message, command);
    this.#cameAtMs.set(command.message, this.#clock.now());
  }
}

export interface DoorPlace extends AsyncDisposable {
  readonly sandbox: JiraSandbox;
  readonly clock: FakeClock;
  readonly store: DoorMemory;
  readonly door: TicketDoor;
  /** A door of another process, which remembers nothing. */
  readonly another: () => TicketDoor;
  /** @returns the id of the comment */
  readonly say: (as: string, body: string, ticket?: number) => Promise<string>;
  /** What somebody does to a ticket. */
  readonly act: (as: string, act: PersonsAct, ticket?: number) => Promise<void>;
  /** So many looks, 10 s apart. */
  readonly look: (times: number) => Promise<void>;
}

export interface PersonsAct {
  /** Id of the transition. */
  readonly move?: string;
  /** Name of an account; null for nobody. */
  readonly assign?: string | null;
  readonly priority?: string;
  /** A rule does it in the name of who is named. */
  readonly automated?: true;
}

const severities: Readonly<Record<string, "P0" | "P1" | "P2">> = {
  Highest: "P0",
  High: "P1",
  Medium: "P2",
};

const users: NonNullable<JiraSandboxOptions["users"]> = [
  { name: "bot", token: "ATATT-very-secret-token-0123456789", displayName: "Driftwarden" },
  { name: "sarah", token: "token", displayName: "Sarah" },
  { name: "tom", token: "token", displayName: "Tom" },
  { name: "rule", token: "token", kind: "app" },
  { name: "sarah2", token: "token", displayName: "Sarah", kind: "customer" },
  { name: "sarah3", token: "token", displayName: "Sarah", byMail: true },
];

export interface DoorPlaceOptions extends JiraSandboxOptions {
  /** How many incidents have one; their incidents changed just now. Default 1. */
  readonly tickets?: number;
  readonly clock?: FakeClock;
  readonly hasRoom?: () => boolean;
  /** The adapter that reads. */
  readonly jira?: (url: string) => Jira;
}

export async function doorPlace(options: DoorPlaceOptions = {}): Promise<DoorPlace> {
  const { clock = fakeClock(), jira = openExample } = options;
  const sandbox = await startJiraSandbox({ users, clock, ...options });
  const store = new DoorMemory(clock);
  store.tickets = await withTickets(sandbox, clock, options);
  const another = (): TicketDoor =>
    new TicketDoor({
      talk: jira(sandbox.url).talk,
      store,
      clock,
      overrules: (said) => said.startsWith("dw deny"),
      severityOf: (priority) => severities[priority],
      ...(options.hasRoom !== undefined && { hasRoom: options.hasRoom }),
    });
  const door = another();
  return {
    sandbox,
    clock,
    store,
    another,
    door,
    look: async (times) => {
      for (let n = 0; n < times; n += 1) {
        await door.look();
        await clock.advance(10_000);
      }
    },
    act: (as, act, ticket = 1) =>
      actAs(sandbox, as, { act, ticket, cloud: options.deployment === "Cloud" }),
    say: async (as, body, ticket = 1) => {
      await askAs(sandbox, `POST /issue/IR-${ticket}/comment`, { as, body: { body } });
      return sandbox.issues()[ticket - 1]?.comments.at(-1)?.id ?? "";
    },
    [Symbol.asyncDispose]: () => sandbox.stop(),
  };
}

async function withTickets(
  sandbox: JiraSandbox,
  clock: FakeClock,
  { tickets = 1, limited = false }: DoorPlaceOptions,
): Promise<readonly OpenTicket[]> {
  const authorization = `Bearer ${users[0]?.token ?? ""}`;
  const found: OpenTicket[] = [];
  for (let incident = 1; incident <= tickets; incident += 1) {
    const body = { fields: { ...fields, labels: ["driftwarden"] } };
    if (limited) await clock.advance(100);
    await askAs(sandbox, "POST /issue", { headers: { authorization }, body });
    const ticket = sandbox.issues().at(-1)?.id ?? "";
    found.push({ ticket, incident, changedAtMs: clock.now() });
  }
  return found;
}

interface Acting {
  readonly act: PersonsAct;
  readonly ticket: number;
  readonly cloud: boolean;
}

async function actAs(
  sandbox: JiraSandbox,
  as: string,
  { act, ticket, cloud }: Acting,
): Promise<void> {
  const { move, assign, priority, automated } = act;
  const token = users.find(({ name }) => name === as)?.token ?? "";
  const headers = {
    authorization: `Basic ${btoa(`${as}:${token}`)}`,
    ...(automated && { "x-sandbox-automation": "true" }),
  };
  const path = `/issue/IR-${ticket}`;
  const ask = (line: string, body: unknown) => askAs(sandbox, line, { headers, body });
  if (move !== undefined) await ask(`POST ${path}/transitions`, { transition: { id: move } });
  if (priority !== undefined)
    await ask(`PUT ${path}`, { fields: { priority: { name: priority } } });
  if (assign === undefined) return;
  await ask(
    `PUT ${path}/assignee`,
    cloud ? { accountId: assign && accountOf(assign).accountId } : { name: assign },
  );
}

/** As Cloud and Data Center know an account of the place. */
export function accountOf(name: string): { readonly accountId: string; readonly key: string } {
  return new Accounts(users).named(name);
}
