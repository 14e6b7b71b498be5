/**
 * The little JQL that the sandbox understands: project, labels and statusCategory, joined by AND, ordered by created.
 *
 * `project = X AND labels = Y AND statusCategory != Done ORDER BY created ASC`
 */
import type { SandboxIssue } from "./tracker.ts";

const categories: Readonly<Record<string, string>> = {
  "to do": "new",
  new: "new",
  "in progress": "indeterminate",
  indeterminate: "indeterminate",
  done: "done",
};

/** @returns undefined when the query is more than that */
export function matcher(
  jql: string,
): ((issues: readonly SandboxIssue[]) => readonly SandboxIssue[]) | undefined {
  const [conditions = "", order = ""] = jql.split(/\s+ORDER\s+BY\s+/i);
  const tests: ((issue: SandboxIssue) => boolean)[] = [];
  for (const condition of conditions.split(/\s+AND\s+/i)) {
    const found = /^\s*(project|labels|statusCategory)\s*(!?=)\s*"?([\w. -]+?)"?\s*$/i.exec(
      condition,
    );
    if (!found) return undefined;
    const [, field = "", operator, value = ""] = found;
    const test = testOf(field.toLowerCase(), value);
    tests.push((issue) => test(issue) === (operator === "="));
  }
  const newestFirst = /^created\s+DESC$/i.test(order.trim());
  return (issues) => {
    const found = issues.filter((issue) => tests.every((test) => test(issue)));
    return newestFirst ? found.toReversed() : found;
  };
}

function testOf(field: string, value: string): (issue: SandboxIssue) => boolean {
  if (field === "project") return ({ key }) => key.startsWith(`${value}-`);
  if (field === "labels") return ({ labels }) => labels.includes(value);
  return ({ status }) => status.category === categories[value.toLowerCase()];
}
