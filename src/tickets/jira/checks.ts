/** What is checked before Jira is asked. */
import { jiraError } from "./errors.ts";

export function checkIssue(id: string): void {
  checkText(id, /^(\d{1,19}|[A-Z][A-Z0-9_]*-\d{1,19})$/, "issue id or key");
}

export function checkProject(key: string): void {
  checkText(key, /^[A-Z][A-Z0-9_]{0,254}$/i, "project key");
}

/** jira-client puts these into paths and queries without encoding them. @throws TrackerError `DW_JIRA_BAD_KEY` */
export function checkText(text: string, pattern: RegExp, what: string): void {
  if (pattern.test(text)) return;
  throw jiraError("DW_JIRA_BAD_KEY", `${JSON.stringify(text.slice(0, 80))} is not a ${what}`, {
    hint: `Check where this ${what} comes from: the configuration, or a store that was edited by hand.`,
  });
}
