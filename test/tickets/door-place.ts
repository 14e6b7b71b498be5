/** The door of ticket comments at a Jira sandbox, with what it hands in kept in memory. */
import {
  type JiraSandbox,
  type JiraSandboxOptions,
  startJiraSandbox,
} from "../../src/sandbox/jira/server.ts";
import {
  type DoorStore,
  type HeardComment,
  type OpenTicket,
  TicketDoor,
} from "../../src/tickets/door.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { askAs, fields } from "../sandbox/jira/ask.ts";
import { openExample } from "./jira/open-example.ts";

export class DoorMemory implements DoorStore {
  readonly commands = new Map<string, HeardComment>();
  /** Call for call: the same words may come again. */
  readonly calls: HeardComment[] = [];
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
      ({ message }) => (this.#cameAtMs.get(message) ?? 0) > sinceMs,
    );
    return [...new Set(recent.map(({ place }) => place))].slice(0, 20);
  }

  async handIn(command: HeardComment): Promise<void> {
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
}

const users: NonNullable<JiraSandboxOptions["users"]> = [
  { name: "bot", token: "ATATT-very-secret-token-0123456789", displayName: "Driftwarden" },
  { name: "sarah", token: "token", displayName: "Sarah" },
  { name: "tom", token: "token", displayName: "Tom" },
  { name: "rule", token: "token", kind: "app" },
  { name: "sarah2", token: "token", displayName: "Sarah", kind: "customer" },
];

/** @param tickets how many incidents have one; their incidents changed just now */
export async function doorPlace(
  options: JiraSandboxOptions & { readonly tickets?: number } = {},
): Promise<DoorPlace> {
  const clock = fakeClock();
  const sandbox = await startJiraSandbox({ users, clock, ...options });
  const authorization = `Bearer ${users[0]?.token ?? ""}`;
  const store = new DoorMemory(clock);
  const found: OpenTicket[] = [];
  for (let incident = 1; incident <= (options.tickets ?? 1); incident += 1) {
    const body = { fields: { ...fields, labels: ["driftwarden"] } };
    await askAs(sandbox, "POST /issue", { headers: { authorization }, body });
    const ticket = sandbox.issues().at(-1)?.id ?? "";
    found.push({ ticket, incident, changedAtMs: clock.now() });
  }
  store.tickets = found;
  const another = (): TicketDoor =>
    new TicketDoor({ talk: openExample(sandbox.url).talk, store, clock });
  return {
    sandbox,
    clock,
    store,
    another,
    door: another(),
    say: async (as, body, ticket = 1) => {
      await askAs(sandbox, `POST /issue/IR-${ticket}/comment`, { as, body: { body } });
      return sandbox.issues()[ticket - 1]?.comments.at(-1)?.id ?? "";
    },
    [Symbol.asyncDispose]: () => sandbox.stop(),
  };
}
