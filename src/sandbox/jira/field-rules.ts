/** What Jira demands of the fields of an issue, in its own words. */
import { type IssueFields, labelsOf, nameIn, textOf } from "./issue.ts";

export const priorities: readonly string[] = ["Highest", "High", "Medium", "Low", "Lowest"];
export const issueTypes: readonly string[] = ["Bug", "Incident", "Task", "Story"];

type Rule = readonly [field: string, broken: boolean, says: string];

/** @returns what is wrong, by field: the message of the last rule of the field that is broken */
export function brokenRules(rules: readonly Rule[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    rules.filter(([, broken]) => broken).map(([field, , says]) => [field, says] as const),
  );
}

/** A field that is on no screen cannot be set. */
export function screenRules(fields: IssueFields, offScreen: readonly string[]): readonly Rule[] {
  return offScreen.map((field) => [
    field,
    field in fields,
    `Field '${field}' cannot be set. It is not on the appropriate screen, or unknown.`,
  ]);
}

export function fieldRules(fields: IssueFields): readonly Rule[] {
  const summary = textOf(fields["summary"]);
  const priority = nameIn(fields["priority"], "name");
  const badLabel = labelsOf(fields["labels"]).some(
    (label) => /\s/.test(label) || label.length > 255,
  );
  const type = nameIn(fields["issuetype"], "name");
  return [
    ["issuetype", !issueTypes.includes(type), "Specify a valid issue type"],
    ["summary", summary === "", "You must specify a summary of the issue."],
    ["summary", summary.length > 255, "Summary can't exceed 255 characters."],
    [
      "summary",
      /[\r\n]/.test(summary),
      "The summary is invalid because it contains newline characters.",
    ],
    [
      "description",
      textOf(fields["description"]).length > mostText,
      "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
    ],
    ["labels", badLabel, "The label contains spaces or is too long, which is invalid."],
    [
      "priority",
      priority !== "" && !priorities.includes(priority),
      "The priority selected is invalid.",
    ],
  ];
}

/** Characters of a description or comment. */
export const mostText = 32_767;
