/** The part of oracle (c) about open tickets: while a model is broken, a ticket that is not done must contain it. */
import type { SandboxHistory, SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import type { DecisionEvent } from "./decisions-oracle.ts";
import { personName } from "./person.ts";
import { modelOf } from "./runs-oracle.ts";

/** The models of which an episode is open, by the decisions in the stream alone. */
export function brokenModels(events: readonly DecisionEvent[]): readonly string[] {
  // One record may open an episode and close it: their order in the store says nothing.
  const closings = events.filter(({ type }) => type === "episode_closed");
  const closed = new Set(closings.map(({ episode }) => episode));
  const open = events.filter(({ type, id }) => type === "episode_opened" && !closed.has(id));
  return [...new Set(open.map(({ model }) => modelOf(model)))];
}

/** A ticket in words, without the signs that markup escapes. */
export const wordsOf = ({ summary, description, comments }: SandboxIssue): string =>
  [summary, description, ...comments.map(({ body }) => body)].join("\n").replaceAll("\\", "");

export const tells = (words: string, model: string): boolean =>
  new RegExp(`\\b${model}(?!\\d)`).test(words);

export const isOpen = ({ status }: SandboxIssue): boolean => status.category !== "done";

/** Whatever people did to tickets (FR-J2). */
export function wrongWhileBroken(
  broken: readonly string[],
  issues: readonly SandboxIssue[],
): readonly string[] {
  const open = issues.filter(isOpen).map(wordsOf);
  return broken
    .filter((model) => !open.some((words) => tells(words, model)))
    .map((model) => `${model} is broken, and no open ticket tells of it`);
}

/** No ticket may be open for an episode that is over. */
export function wrongWhenOver(
  broken: readonly string[],
  issues: readonly SandboxIssue[],
): readonly string[] {
  return issues
    .filter((issue) => isOpen(issue) && !broken.some((model) => tells(wordsOf(issue), model)))
    .map(({ key, summary }) => `${key} is open, and nothing of it is broken: ${summary}`);
}

/** Only what people edited is theirs: a text whose answer nobody got is still ours to keep up to date. */
export function takenForEdited(issues: readonly SandboxIssue[]): readonly string[] {
  return issues
    .filter(({ comments }) => comments.some(({ body }) => body.includes("edited by a person")))
    .filter(({ history }) => !history.some(isByPerson))
    .map(({ key }) => `${key} says that a person edited its description, and nobody did`);
}

const isByPerson = ({ author, items }: SandboxHistory): boolean =>
  author === personName && items.some(({ field }) => field === "description");

/** Each ticket carries a label of its own, and each incident has one ticket at a time. */
export function madeTwice(issues: readonly SandboxIssue[]): readonly string[] {
  const labels = issues.flatMap(({ labels: all }) =>
    all.filter((label) => label.startsWith("driftwarden-ticket-")),
  );
  return labels
    .filter((label, place) => labels.indexOf(label) !== place)
    .map((label) => `two tickets carry ${label}`);
}
