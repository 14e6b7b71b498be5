/** People in Jira: they close, edit and delete tickets, and edit and delete comments, while something is broken. */
import type { Kind, Kinds } from "./fault.ts";

const does =
  (what: "closes" | "edits" | "deletes" | "editsComment" | "deletesComment"): Kind["perform"] =>
  ({ person }, { seed }) =>
    person[what](seed);

export const jiraPeople: Kinds = {
  "jira ticket closed by a person": { perform: does("closes") },
  "jira ticket edited by a person": { perform: does("edits") },
  "jira ticket deleted by a person": { perform: does("deletes") },
  "jira comment edited by a person": { perform: does("editsComment") },
  "jira comment deleted by a person": { perform: does("deletesComment") },
};
