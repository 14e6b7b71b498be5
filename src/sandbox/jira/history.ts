/** What an act changed in an issue, as its history shows it. */
import type { FieldChange, SandboxIssue } from "./issue.ts";

export function differences(before: SandboxIssue, after: SandboxIssue): readonly FieldChange[] {
  return fields
    .map((field) => ({ field, from: shown[field](before), to: shown[field](after) }))
    .filter(({ from, to }) => from.join("\n") !== to.join("\n"));
}

const shown: Readonly<Record<FieldChange["field"], (issue: SandboxIssue) => FieldChange["from"]>> =
  {
    status: ({ status }) => [status.id, status.name],
    resolution: ({ resolution = null }) => [resolution, resolution],
    assignee: ({ assignee = null }) => [assignee, assignee],
    priority: ({ priority }) => [priority, priority],
    summary: ({ summary }) => [null, summary],
    description: ({ description }) => [null, description],
    labels: ({ labels }) => [null, labels.join(" ")],
  };

const fields = [
  "status",
  "resolution",
  "assignee",
  "priority",
  "summary",
  "description",
  "labels",
] as const;
