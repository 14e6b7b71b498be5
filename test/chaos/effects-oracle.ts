/**
 * Oracle (c), events → tickets, comments, runs: the ledgers of Jira and the engine contain each required effect exactly
 * once.
 */
import { createHash } from "node:crypto";
import type { JiraSandbox } from "../../src/sandbox/jira/server.ts";
import { sql } from "../programs/postgres.ts";
import {
  type ApprovalCounts,
  type Approvals,
  countApprovals,
  toldOn,
  wrongApprovals,
} from "./approvals-oracle.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { type Conversation, speakers } from "./conversation.ts";
import type { DecisionEvent } from "./decisions-oracle.ts";
import {
  brokenModels,
  madeTwice,
  takenForEdited,
  tells,
  wordsOf,
  wrongWhenOver,
} from "./open-tickets-oracle.ts";
import { type Person, personName } from "./person.ts";
import { decisionsAboutRuns } from "./recording.ts";
import {
  happened,
  isWished,
  modelOf,
  type RunLimits,
  type StoredRun,
  wrongBudgets,
  wrongLedger,
  wrongRestarts,
  wrongRuns,
} from "./runs-oracle.ts";

export interface EffectsVerdict {
  readonly ticketsExpected: number;
  readonly tickets: number;
  readonly commentsDuplicated: number;
  readonly runsExpected: number;
  readonly runs: number;
  readonly approvals: ApprovalCounts;
  readonly wrong: readonly string[];
}

export interface Ledgers extends RunLimits {
  readonly jira: JiraSandbox;
  readonly docker: ContainerEngine;
  readonly storeUrl: string;
  readonly person: Person;
  readonly conversation: Pick<Conversation, "said">;
}

interface StoredIncident {
  readonly id: string;
  readonly number: number;
  readonly ticket: string | null;
  /** Keys of those that it had before. */
  readonly former: readonly string[];
  /** Of a summary: the incidents that were over before they had a ticket. */
  readonly missed: readonly { readonly incident: number }[];
}

interface StoredEffect {
  readonly id: string;
  readonly incident: string;
  readonly kind: string;
  readonly status: string;
}

/** Effects that are due later, such as the repeated question for a denied run, or the end of an acknowledgement. */
export const notYetDueSql = `(effect ->> 'kind' IN ('run.retry', 'incident.ack_lapse', 'incident.silence_over') AND status = 'pending'
  AND due_at_ms > extract(epoch FROM clock_timestamp()) * 1000)`;

const storedSql = `SELECT
  (SELECT coalesce(json_agg(r), '[]') FROM (
    SELECT id, fix, status, detail, target_id, snapshot ->> 'started_at' AS started_at FROM driftwarden.runs) r)::text AS runs,
  (SELECT coalesce(json_agg(e), '[]') FROM (
    SELECT id, incident, effect ->> 'kind' AS kind, status FROM driftwarden.outbox WHERE NOT ${notYetDueSql}) e)::text AS effects,
  (SELECT coalesce(json_agg(i), '[]') FROM (
    SELECT id, number, document -> 'ticket' ->> 'key' AS ticket,
      coalesce(jsonb_path_query_array(document::jsonb, '$.formerTickets[*].key'), '[]') AS former,
      coalesce(document -> 'missed', '[]') AS missed
    FROM driftwarden.incidents WHERE document -> 'partOf' IS NULL) i)::text AS incidents`;

export async function judgeEffects(
  ledgers: Ledgers,
  events: readonly DecisionEvent[],
): Promise<EffectsVerdict> {
  const [row = {}] = await sql(ledgers.storeUrl, storedSql);
  const runs: readonly StoredRun[] = JSON.parse(String(row["runs"]));
  const effects: readonly StoredEffect[] = JSON.parse(String(row["effects"]));
  const incidents: readonly StoredIncident[] = JSON.parse(String(row["incidents"]));
  const opened = events.filter(({ type }) => type === "episode_opened");
  const issues = ledgers.jira.issues();
  const summed = new Set(incidents.flatMap(({ missed }) => missed.map(({ incident }) => incident)));
  const { deleted, removed } = ledgers.person;
  const ticketed = incidents.filter(
    ({ ticket, number }) => !deleted.has(ticket ?? "") && (ticket !== null || !summed.has(number)),
  );
  const unseen = new Set(
    incidents
      .filter(
        ({ number, ticket, former }) =>
          summed.has(number) || [ticket ?? "", ...former].some((key) => deleted.has(key)),
      )
      .map(({ id }) => id),
  );
  const comments = judgeComments(
    ledgers,
    effects.filter(({ incident }) => !unseen.has(incident)),
  );
  const { restarts } = ledgers.docker;
  const approvals: Approvals = {
    restarts,
    runs,
    decided: await decisionsAboutRuns(ledgers.storeUrl),
    said: ledgers.conversation.said,
    told: toldOn(issues, removed),
    deleted,
    asks: (run) =>
      ledgers.asks(run.fix.replace("restart-", "")) ||
      isWished(run, { opened, wishes: ledgers.wishes }),
  };
  const wrong = [
    ...wrongTickets(
      ticketed,
      issues.map(({ key }) => key),
    ),
    ...untold(opened, [...issues.map(wordsOf), ...removed]),
    ...madeTwice(issues),
    ...takenForEdited(issues),
    ...wrongWhenOver(brokenModels(events), issues),
    ...comments.wrong,
    ...effects
      .filter(({ status }) => status !== "done")
      .map(({ id, status }) => `effect ${id} is ${status}`),
    ...wrongRuns(opened, runs, ledgers.wishes),
    ...wrongApprovals(approvals),
    ...wrongLedger(opened, restarts, ledgers),
    ...wrongRestarts(runs, restarts),
    ...wrongBudgets(runs, ledgers.maxRunsOf),
  ];
  return {
    ticketsExpected: ticketed.length,
    tickets: issues.length,
    commentsDuplicated: comments.duplicated,
    runsExpected: runs.filter((run) => happened(run, runs, restarts)).length,
    runs: restarts.length,
    approvals: countApprovals(approvals),
    wrong,
  };
}

/** Each incident has one ticket, unless it was over before and stands in a summary; and there are no others. */
function wrongTickets(
  ticketed: readonly StoredIncident[],
  keys: readonly string[],
): readonly string[] {
  const wanted = ticketed.map(({ ticket }) => ticket);
  const sharing = ticketed.filter(({ ticket }, place) => wanted.indexOf(ticket) !== place);
  return [
    ...ticketed
      .filter(({ ticket }) => !keys.includes(ticket ?? ""))
      .map(({ id, ticket }) => `incident ${id} has no ticket but ${ticket}`),
    ...keys.filter((key) => !wanted.includes(key)).map((key) => `ticket ${key} is nobody's`),
    ...sharing.map(({ id, ticket }) => `incident ${id} shares ${ticket}`),
  ];
}

/** Some ticket must contain every model with an episode, whatever Driftwarden has stored. */
function untold(opened: readonly DecisionEvent[], told: readonly string[]): readonly string[] {
  const models = new Set(opened.map(({ model }) => modelOf(model)));
  return [...models]
    .filter((model) => !told.some((words) => tells(words, model)))
    .map((model) => `no ticket tells of ${model}`);
}

const markPattern = /(dw[0-9a-f]{14})(\{color\})?$/;

const markIn = (body: string): string | undefined => markPattern.exec(body.trimEnd())?.[1];

function judgeComments(
  { jira, person }: Ledgers,
  effects: readonly StoredEffect[],
): { readonly duplicated: number; readonly wrong: readonly string[] } {
  const marks = jira
    .issues()
    .flatMap(({ key, comments }) =>
      comments
        .filter(({ author }) => ![personName, ...speakers].includes(author))
        .map(({ body }) => `${key} ${markIn(body) ?? body}`),
    );
  const distinct = new Set(marks);
  const said = new Set([...marks.map((mark) => mark.split(" ")[1]), ...person.removed.map(markIn)]);
  const promised = effects.filter(({ kind }) => kind === "ticket.comment");
  const missing = promised.filter(({ id, incident }) => !said.has(markOf(incident, id)));
  const twice = marks.filter((mark, place) => marks.indexOf(mark) !== place);
  return {
    duplicated: marks.length - distinct.size,
    wrong: [
      ...missing.map(({ id }) => `no comment for ${id}`),
      ...twice.map((mark) => `comment said twice: ${mark}`),
    ],
  };
}

function markOf(incident: string, effect: string): string {
  return `dw${createHash("sha256").update(`${incident}\n${effect}`).digest("hex").slice(0, 14)}`;
}
