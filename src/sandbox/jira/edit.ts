/** Sets the fields of an issue by an edit that was checked before. */
import {
  customIn,
  fieldsIn,
  type IssueFields,
  labelsOf,
  nameIn,
  type SandboxIssue,
  textOf,
} from "./issue.ts";

/** What an edit sets, and operations on labels alone, as Jira takes them. */
export interface IssueEdit {
  readonly fields: IssueFields;
  readonly update: IssueFields;
  /** Name of the account; undefined leaves the assignee, null unassigns. */
  readonly assignee?: string | null | undefined;
}

export function applyEdit(issue: SandboxIssue, { fields, update, assignee }: IssueEdit): void {
  if ("summary" in fields) issue.summary = textOf(fields["summary"]);
  if ("description" in fields) issue.description = textOf(fields["description"]);
  if ("labels" in fields) issue.labels = labelsOf(fields["labels"]);
  if ("priority" in fields) issue.priority = nameIn(fields["priority"], "name");
  issue.custom = { ...issue.custom, ...customIn(fields) };
  if (assignee !== undefined) issue.assignee = assignee ?? undefined;
  const operations = Array.isArray(update["labels"]) ? update["labels"].map(fieldsIn) : [];
  for (const { add, remove } of operations) {
    issue.labels = labelsOf([
      ...issue.labels.filter((label) => label !== remove),
      ...(add === undefined ? [] : [add]),
    ]);
  }
}
