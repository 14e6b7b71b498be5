/**
 * The little JQL that the sandbox understands: project, labels, text fields, creator, statusCategory and updated, joined
 * by AND, ordered by created or updated.
 *
 * `project = X AND labels = Y AND updated >= -5m ORDER BY updated DESC`
 */
import { type SandboxIssue, textOf } from "./issue.ts";

type Test = (issue: SandboxIssue) => boolean;

const categories: Readonly<Record<string, string>> = {
  "to do": "new",
  new: "new",
  "in progress": "indeterminate",
  indeterminate: "indeterminate",
  done: "done",
};

export interface JqlAsked {
  readonly nowMs: number;
  /** Name of the account that searches. */
  readonly by: string;
}

/** @returns undefined when the query is more than that */
export function matcher(
  jql: string,
  asked: JqlAsked,
): ((issues: readonly SandboxIssue[]) => readonly SandboxIssue[]) | undefined {
  const [conditions = "", order = "created ASC"] = jql.split(/\s+ORDER\s+BY\s+/i);
  const tests = conditions.split(/\s+AND\s+/i).map((condition) => testOf(condition, asked));
  const compare = ordering(order);
  if (compare === undefined) return undefined;
  return tests.every((test) => test !== undefined)
    ? (issues) => issues.filter((issue) => tests.every((test) => test(issue))).toSorted(compare)
    : undefined;
}

function ordering(order: string): ((a: SandboxIssue, b: SandboxIssue) => number) | undefined {
  const [, field, direction] = /^(created|updated)(?:\s+(ASC|DESC))?$/i.exec(order.trim()) ?? [];
  if (field === undefined) return undefined;
  const sign = direction?.toUpperCase() === "DESC" ? -1 : 1;
  const at = (issue: SandboxIssue): number =>
    field.toLowerCase() === "created" ? issue.createdAtMs : issue.updatedAtMs;
  return (a, b) => sign * (at(a) - at(b) || Number(a.id) - Number(b.id));
}

function testOf(condition: string, { nowMs, by }: JqlAsked): Test | undefined {
  const since = /^\s*updated\s*>=\s*"?-(\d+)m"?\s*$/i.exec(condition)?.[1];
  if (since !== undefined) {
    // Times are compared by the minute.
    const fromMs = Math.floor((nowMs - Number(since) * 60_000) / 60_000) * 60_000;
    return ({ updatedAtMs }) => updatedAtMs >= fromMs;
  }
  if (/^\s*creator\s*=\s*currentUser\(\)\s*$/i.test(condition))
    return ({ reporter }) => reporter === by;
  const special = projectTest(condition) ?? phraseTest(condition);
  if (special !== undefined) return special;
  const found = /^\s*(project|labels|statusCategory)\s*(!?=)\s*"?([\w. -]+?)"?\s*$/i.exec(
    condition,
  );
  if (!found) return undefined;
  const [, field = "", operator, value = ""] = found;
  const test = equals(field.toLowerCase(), value);
  return (issue) => test(issue) === (operator === "=");
}

/** `project in ("A", "B")` */
function projectTest(condition: string): Test | undefined {
  const listed = /^\s*project\s+in\s*\(([^)]*)\)\s*$/i.exec(condition)?.[1];
  if (listed === undefined) return undefined;
  const keys = listed.split(",").map((key) => key.trim().replaceAll('"', ""));
  return ({ key }) => keys.includes(key.replace(/-\d+$/, ""));
}

/** `cf[10077] ~ "\"words beside each other\""` */
function phraseTest(condition: string): Test | undefined {
  const phrase = /^\s*cf\[(\d+)\]\s*~\s*"\\"([\w-]+)\\""\s*$/.exec(condition);
  if (phrase === null) return undefined;
  const [, id = "", sought = ""] = phrase;
  return ({ custom }) => words(textOf(custom[`customfield_${id}`])).includes(words(sought));
}

/** Keys of the projects that a query names. */
export function projectsIn(jql: string): readonly string[] {
  const named = [...jql.matchAll(/\bproject\s*(?:=|in)\s*(\([^)]*\)|"[^"]*"|\w+)/gi)];
  return named.flatMap(([, keys = ""]) => keys.match(/\w+/g) ?? []);
}

/** Jira takes a text apart at everything that is no letter or digit. */
const words = (text: string): string => ` ${text.toLowerCase().replaceAll(/\W+/g, " ").trim()} `;

function equals(field: string, value: string): Test {
  if (field === "project") return ({ key }) => key.startsWith(`${value}-`);
  if (field === "labels") return ({ labels }) => labels.includes(value);
  return ({ status }) => status.category === categories[value.toLowerCase()];
}
