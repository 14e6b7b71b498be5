/** The part of oracle (c) about commands: each comment is carried out once, and answered once on its ticket. */
import { createHash } from "node:crypto";
import type { SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import { sql } from "../programs/postgres.ts";
import { noteText, quotedWord, speakers } from "./conversation.ts";
import type { Person } from "./person.ts";
import type { Marker } from "./recording.ts";
import { modelOf } from "./runs-oracle.ts";

export interface StoredCommand {
  readonly id: string;
  readonly state: string;
}

interface Heard {
  readonly issue: SandboxIssue;
  /** Id of the comment. */
  readonly id: string;
  readonly nth: number;
}

const commandsSql = "SELECT id, state FROM driftwarden.commands WHERE door = 'ticket'";
/** One line may ask and, once it is confirmed, be done; the end of a silence ends it for several incidents. */
const twiceSql = `SELECT body ->> 'command' AS command, body -> 'deed' ->> 'kind' AS deed FROM driftwarden.journal
  WHERE kind = 'commanded' GROUP BY incident, 1, 2 HAVING count(*) > 1`;

export interface Conversed {
  readonly storeUrl: string;
  readonly issues: readonly SandboxIssue[];
  readonly person: Pick<Person, "removed">;
}

export async function judgeConversation({
  storeUrl,
  issues,
  person,
}: Conversed): Promise<readonly string[]> {
  const stored = (await sql(storeUrl, commandsSql)).map(
    (row): StoredCommand => ({ id: String(row["id"]), state: String(row["state"]) }),
  );
  return [
    ...wrongAnswers(issues, person.removed),
    ...wrongNotes(issues),
    ...wrongCommands(issues, stored),
    ...(await doneTwice(storeUrl)),
  ];
}

export async function doneTwice(storeUrl: string): Promise<readonly string[]> {
  const rows = await sql(storeUrl, twiceSql);
  return rows.map((row) => `done twice: ${String(row["deed"])} of ${String(row["command"])}`);
}

/** The commands on tickets that still exist. */
function heardOn(issues: readonly SandboxIssue[]): readonly Heard[] {
  return issues.flatMap((issue) =>
    issue.comments
      .filter(({ author }) => speakers.includes(author))
      .flatMap(({ id, body }) => {
        const nth = /\bzq(\d+)x\b/.exec(body)?.[1];
        return nth === undefined ? [] : [{ issue, id, nth: Number(nth) }];
      }),
  );
}

const countIn = (text: string, word: string): number => text.split(word).length - 1;

/** @param removed texts that a person deleted: an answer may have been among them, and be said anew */
export function wrongAnswers(
  issues: readonly SandboxIssue[],
  removed: readonly string[],
): readonly string[] {
  const gone = removed.join("\n");
  return heardOn(issues).flatMap(({ issue, id, nth }) => {
    const ours = issue.comments.filter(({ author }) => !speakers.includes(author));
    const word = quotedWord(nth);
    const answers = countIn(ours.map(({ body }) => body).join("\n"), word);
    if (answers > 1) return [`comment ${id} on ${issue.key} is answered ${answers} times`];
    const answered = answers === 1 || gone.includes(word);
    return answered ? [] : [`comment ${id} on ${issue.key} is not answered`];
  });
}

/** A note that was taken twice is twice in the list of notes. */
export function wrongNotes(issues: readonly SandboxIssue[]): readonly string[] {
  return heardOn(issues).flatMap(({ issue, id, nth }) => {
    const times = countIn(issue.description, noteText(nth));
    return times > 1 ? [`the text of comment ${id} stands ${times} times on ${issue.key}`] : [];
  });
}

export function wrongCommands(
  issues: readonly SandboxIssue[],
  stored: readonly StoredCommand[],
): readonly string[] {
  const said = new Set(heardOn(issues).map(({ id }) => `ticket:${id}`));
  const states = new Map(stored.map(({ id, state }) => [id, state]));
  return [...said]
    .filter((id) => states.get(id) !== "carried")
    .map((id) => `command ${id} is ${states.get(id) ?? "not stored"}`);
}

/** What was expected is the new normal of each model, by one marker of one comment. */
export function wrongMarkers(
  markers: readonly Marker[],
  expected: { readonly models: readonly string[]; readonly comments: readonly string[] },
): readonly string[] {
  const isDue = ({ id, model }: Marker): boolean =>
    expected.comments.some((comment) => markerId(comment, model) === id);
  return [
    ...markers
      .filter((marker) => !isDue(marker))
      .map(({ id, model }) => `marker ${id} of ${model} was not asked for`),
    ...expected.models.flatMap((model) => {
      const ids = new Set(
        markers.filter((marker) => modelOf(marker.model) === model).map(({ id }) => id),
      );
      return ids.size === 1 ? [] : [`${ids.size} markers of ${model}, of one that was asked for`];
    }),
  ];
}

const markerId = (comment: string, model: string): string =>
  createHash("sha256").update(`ticket:${comment}#0\n${model}`).digest("hex").slice(0, 20);
