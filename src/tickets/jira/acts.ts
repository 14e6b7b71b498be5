/** What people did to a ticket in Jira itself, read from the history of the issue. Only what still holds counts. */
import { z } from "zod";
import type { ActOnTicket, TicketAct } from "../talk.ts";
import { kindOf, personOf, personShape, shownNameOf } from "./accounts.ts";
import { checkIssue } from "./checks.ts";
import { read } from "./read.ts";
import type { JiraSite } from "./site.ts";

/** A plain record: one property is called `toString`, and every object inherits one of that name. */
const itemShape = z.record(z.string(), z.unknown());

const historyShape = z.object({
  id: z.string(),
  author: personShape,
  created: z.string(),
  items: z.array(itemShape).default([]),
  /** Set when an automation or another program acted in the name of the author. */
  historyMetadata: z.unknown().optional(),
});

const issueShape = z.object({
  changelog: z.object({ histories: z.array(historyShape).default([]) }),
});

const statusesShape = z.array(
  z.object({ id: z.string(), statusCategory: z.object({ key: z.string() }).optional() }),
);

type HistoryEntry = z.infer<typeof historyShape>;
type Item = z.infer<typeof itemShape>;

const fields = ["status", "assignee", "priority"] as const;
type Field = (typeof fields)[number];

/** Reads the acts of one site. It remembers which statuses mean done. */
export class JiraActs {
  readonly #site: JiraSite;
  #doneIds: ReadonlyMap<string, boolean> = new Map();

  constructor(site: JiraSite) {
    this.#site = site;
  }

  /** Both flavours show the history with the issue: Cloud the newest entries, Data Center all of them. */
  async of(id: string, us: string): Promise<readonly ActOnTicket[]> {
    checkIssue(id);
    const { changelog } = await this.#site.connection.call(
      { name: "changelog", doing: `reading the history of issue ${id}`, writes: false },
      (client) => read(client, `/issue/${id}`, { fields: ["status"], expand: "changelog" }),
      issueShape,
    );
    const histories = changelog.histories.toSorted(byAge);
    await this.#learn(histories);
    const newest = new Map(fields.map((field) => [field, newestOf(histories, field)]));
    return histories
      .map((history) => this.#act(history, { newest, us }))
      .filter(({ did }) => did.length > 0);
  }

  #act(history: HistoryEntry, { newest, us }: SeenHistory): ActOnTicket {
    const { id, author, created, historyMetadata: automated } = history;
    const account = personOf(author);
    const atMs = Date.parse(created);
    const isProgram = automated !== undefined && automated !== null;
    const held = fields.filter((field) => newest.get(field) === history);
    // Fields that change together with the status are changed by the workflow, not by the person.
    const own = itemOf(history, "status") === undefined ? held : held.filter(isStatus);
    return {
      id,
      account,
      name: shownNameOf(author),
      by: account === us ? "us" : isProgram ? "app" : kindOf(author),
      atMs: Number.isNaN(atMs) ? 0 : atMs,
      did: own.flatMap((field) => this.#did(field, itemOf(history, field))),
    };
  }

  #did(field: Field, item: Item | undefined): readonly TicketAct[] {
    const to = textIn(item, "to");
    if (field === "assignee")
      return [{ kind: "assigned", to: to === "" ? undefined : to, name: textIn(item, "toString") }];
    if (field === "priority") return [{ kind: "weighed", priority: textIn(item, "toString") }];
    const wasDone = this.#doneIds.get(textIn(item, "from")) ?? false;
    const isDone = this.#doneIds.get(to) ?? false;
    if (wasDone === isDone) return [];
    return [{ kind: isDone ? "closed" : "reopened" }];
  }

  /** Reads the statuses again when one of them is not known yet. */
  async #learn(histories: readonly HistoryEntry[]): Promise<void> {
    const ids = histories.flatMap((history) => {
      const item = itemOf(history, "status");
      return item === undefined ? [] : [textIn(item, "from"), textIn(item, "to")];
    });
    if (ids.every((id) => this.#doneIds.has(id))) return;
    const found = await this.#site.connection.call(
      { name: "statuses", doing: "reading the statuses", writes: false },
      (client) => read(client, "/status", {}),
      statusesShape,
    );
    this.#doneIds = new Map([
      // A status that was deleted since counts as not done. So it is not asked for again.
      ...ids.map((id) => [id, false] as const),
      ...found.map(({ id, statusCategory }) => [id, statusCategory?.key === "done"] as const),
    ]);
  }
}

interface SeenHistory {
  /** The entry that set the value which each field has now. */
  readonly newest: ReadonlyMap<Field, HistoryEntry | undefined>;
  /** Our own account. */
  readonly us: string;
}

const isStatus = (field: Field): boolean => field === "status";

function newestOf(histories: readonly HistoryEntry[], field: Field): HistoryEntry | undefined {
  return histories.findLast((history) => itemOf(history, field) !== undefined);
}

/** The last change of the field. A custom field of the same name has the type `custom`. */
function itemOf({ items }: HistoryEntry, field: Field): Item | undefined {
  return items.findLast(
    (item) => textIn(item, "field") === field && textIn(item, "fieldtype") !== "custom",
  );
}

function textIn(item: Item | undefined, name: string): string {
  const value = item !== undefined && Object.hasOwn(item, name) ? item[name] : undefined;
  return typeof value === "string" ? value : "";
}

/** Ids count up; Cloud shows the newest first. */
function byAge(one: HistoryEntry, other: HistoryEntry): number {
  const apart = Number(one.id) - Number(other.id);
  return Number.isNaN(apart) || apart === 0
    ? Date.parse(one.created) - Date.parse(other.created)
    : apart;
}
