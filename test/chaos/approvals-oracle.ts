/**
 * The part of oracle (c) about approvals: each act that needed an approval had one. It compares the engine's ledger
 * with the texts of tickets, and with the append-only record of decisions.
 */
import type { SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import { sql } from "../programs/postgres.ts";
import { approveWithinMs, freezeMs } from "./approver.ts";
import type { Restart } from "./container-engine.ts";
import { type Said, speakerName, speakers } from "./conversation.ts";
import type { Decided } from "./recording.ts";
import { doers, type StoredRun } from "./runs-oracle.ts";

/** Something that Driftwarden wrote on a ticket. */
export interface Told {
  readonly body: string;
  /** Time since which the text was on the ticket. */
  readonly atMs: number;
}

export interface Approvals {
  readonly restarts: readonly Restart[];
  readonly runs: readonly StoredRun[];
  readonly decided: readonly Decided[];
  readonly said: readonly Said[];
  readonly told: readonly Told[];
  /** Keys of tickets that a person has deleted: the answers on them are unknown. */
  readonly deleted: ReadonlySet<string>;
  /** Whether a run of the fix always needs an approval. */
  readonly asks: (run: StoredRun) => boolean;
}

export interface ApprovalCounts {
  readonly proposals: number;
  readonly approvals: number;
  readonly denials: number;
  readonly expiries: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A daemon knows the store's time to within this, and a decision waits so long for the store. */
const slackMs = 5000;
/** The store's clock shows parts of a millisecond. */
const roundedMs = 1;

export function wrongApprovals(seen: Approvals): readonly string[] {
  return [...wrongActs(seen), ...frozenDecisions(seen), ...leftOpen(seen)];
}

/** The texts of Driftwarden on tickets. @param removed texts that a person deleted */
export function toldOn(
  issues: readonly SandboxIssue[],
  removed: readonly string[],
): readonly Told[] {
  const comments = issues.flatMap((issue) => issue.comments);
  const ours = comments.filter(({ author }) => !speakers.includes(author));
  return [
    ...ours.map(({ body, createdAtMs, updatedAtMs }) => ({
      body,
      atMs: Math.max(createdAtMs, updatedAtMs),
    })),
    // The time of the text is unknown.
    ...removed.map((body) => ({ body, atMs: Number.POSITIVE_INFINITY })),
  ];
}

const approvedForm = /\bapproved ([A-Z]{4}):/g;
const declinedForm = /\bsaid no to ([A-Z]{4}):/g;

const lettersIn = (told: readonly Told[], form: RegExp): readonly string[] =>
  told.flatMap(({ body }) => [...body.matchAll(form)].map(([, id = ""]) => id));

export function countApprovals({ runs, decided, told }: Approvals): ApprovalCounts {
  return {
    proposals: decided.filter(({ asked }) => asked !== undefined).length,
    approvals: new Set(lettersIn(told, approvedForm)).size,
    denials: new Set(lettersIn(told, declinedForm)).size,
    expiries: runs.filter(({ detail }) => detail === "Nobody answered in time.").length,
  };
}

interface Act {
  readonly restart: Restart;
  /** The decision to act, and the question of the decision before it. */
  readonly decision: Decided;
  readonly question: Decided | undefined;
}

function wrongActs(seen: Approvals): readonly string[] {
  const acts = seen.restarts.flatMap((restart) => actsOf(restart, seen));
  const by = acts.flatMap(({ question }) => (question === undefined ? [] : [keyOf(question)]));
  const twice = by.filter((key, place) => by.indexOf(key) !== place);
  return [
    ...acts.flatMap((act) => {
      const lack = lackOf(act, seen);
      return lack === undefined ? [] : [`${textOf(act)}: ${lack}`];
    }),
    ...twice.map((key) => `two acts by one approval: ${key}`),
  ];
}

const keyOf = ({ run, asked }: Decided): string => `${asked} of run ${run}`;

const textOf = ({ restart, decision, question }: Act): string =>
  `restart of ${restart.container.slice(-4)} started ${restart.before} by run ${decision.run}, asked as ${question?.asked ?? "nothing"}`;

/** The act of a restart, where it needs a word. What is nobody's act, or several runs', is found elsewhere. */
function actsOf(restart: Restart, { runs, decided, asks }: Approvals): readonly Act[] {
  const [run, ...more] = doers(runs, restart);
  if (run === undefined || more.length > 0) return [];
  const own = decided.filter((one) => one.run === run.id);
  const at = own.findLastIndex(({ status }) => status === "acting");
  const [decision, before] = [own[at], own[at - 1]];
  if (decision === undefined) return [];
  const question = before?.asked === undefined ? undefined : before;
  return question !== undefined || asks(run) ? [{ restart, decision, question }] : [];
}

/** What the act lacks of an approval; undefined if nothing. */
function lackOf({ restart, decision, question }: Act, seen: Approvals): string | undefined {
  if (question === undefined) return "nobody was asked";
  if (question.target !== restart.container || question.started !== restart.before)
    return "people were asked about something else";
  if (lettersIn(seen.told, declinedForm).includes(question.asked ?? "")) return "somebody said no";
  const untilMs = question.atMs + approveWithinMs + slackMs;
  if (decision.atMs > untilMs) return "its time was over";
  const yes = seen.said.filter(
    (said) =>
      meansYes(said, question.asked ?? "", seen) &&
      said.atMs + roundedMs >= question.atMs &&
      said.atMs <= restart.atMs,
  );
  if (yes.length === 0) return "nobody said yes between the question and the act";
  const holding = freezesOf(seen).find(
    ({ fromMs, toMs }) => restart.atMs < toMs && yes.every(({ atMs }) => atMs > fromMs),
  );
  return holding && "everything was frozen before anybody said yes";
}

/** Whether somebody with permission has approved the proposal of these letters. */
function meansYes(said: Said, id: string, seen: Approvals): boolean {
  if (said.by !== speakerName || !said.words.startsWith("approve")) return false;
  if (said.words !== "approve") return said.words === `approve ${id}`;
  return seen.deleted.has(said.key) || lettersIn(answersTo(said, seen), approvedForm).includes(id);
}

const answersTo = ({ word }: Said, { told }: Approvals): readonly Told[] =>
  told.filter(({ body }) => body.includes(word));

/** Times when everything was certainly frozen: from the answer to the freeze until the command that ends it. */
function freezesOf(seen: Approvals): readonly Span[] {
  return seen.said.flatMap((said) => {
    const [, name] = /^freeze "([^"]+)"/.exec(said.words) ?? [];
    if (name === undefined) return [];
    const answers = answersTo(said, seen).filter(({ body }) => body.includes("No fix runs until"));
    const ended = seen.said.find(({ words }) => words === `unfreeze ${name}`);
    const fromMs = Math.min(...answers.map(({ atMs }) => atMs));
    const toMs = Math.min(ended?.atMs ?? Number.POSITIVE_INFINITY, said.atMs + freezeMs);
    return fromMs < toMs ? [{ fromMs, toMs }] : [];
  });
}

function frozenDecisions(seen: Approvals): readonly string[] {
  const freezes = freezesOf(seen);
  return seen.decided
    .filter(({ status }) => status === "acting")
    .filter(({ atMs }) => freezes.some(({ fromMs, toMs }) => atMs > fromMs && atMs < toMs))
    .map(({ run }) => `run ${run} was decided to act while everything was frozen`);
}

/** Every proposal must end. An approved run must be executed, or the reason against it stored. */
function leftOpen({ runs, decided, told }: Approvals): readonly string[] {
  const approved = new Set(lettersIn(told, approvedForm));
  const byApproved = new Set(
    decided.filter(({ asked }) => approved.has(asked ?? "")).map(({ run }) => run),
  );
  return [
    ...runs
      .filter(({ status }) => status === "proposed")
      .map(({ id, fix }) => `run ${id} of ${fix} still waits for a word`),
    ...runs
      .filter(({ id, detail }) => byApproved.has(id) && detail === "")
      .map(({ id, fix }) => `run ${id} of ${fix} was approved, and nothing says what became of it`),
    ...[...approved]
      .filter((id) => !decided.some(({ asked }) => asked === id))
      .map((id) => `${id} was approved, and nobody was asked about it`),
  ];
}

const unaskedSql = `SELECT id FROM driftwarden.runs WHERE mode = 'approve' AND status = 'acted'
  AND NOT EXISTS (SELECT FROM driftwarden.run_decisions d WHERE d.run = runs.id AND d.proposal IS NOT NULL)`;

/** Runs that acted without a question to people. Used only to wait, never to judge. */
export async function actedUnasked(storeUrl: string): Promise<readonly string[]> {
  return (await sql(storeUrl, unaskedSql)).map(({ id }) => String(id));
}
