/** The little JQL that the sandbox understands: `project = X AND labels = Y ORDER BY created ASC`. */
import type { SandboxIssue } from "./tracker.ts";

/** @returns undefined when the query is more than that */
export function matcher(jql: string): ((issue: SandboxIssue) => boolean) | undefined {
  const [conditions = ""] = jql.split(/\s+ORDER\s+BY\s+/i);
  const tests: ((issue: SandboxIssue) => boolean)[] = [];
  for (const condition of conditions.split(/\s+AND\s+/i)) {
    const found = /^\s*(project|labels)\s*=\s*"?([\w.-]+)"?\s*$/i.exec(condition);
    if (!found) return undefined;
    const [, field = "", value = ""] = found;
    tests.push(
      field.toLowerCase() === "project"
        ? (issue) => issue.key.startsWith(`${value}-`)
        : (issue) => issue.labels.includes(value),
    );
  }
  return (issue) => tests.every((test) => test(issue));
}
