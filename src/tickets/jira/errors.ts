/** The errors between Driftwarden and Jira that no other tracker has. */
import { TrackerError, type TrackerErrorCode, type TrackerErrorOptions } from "../errors.ts";

export type JiraErrorCode =
  | TrackerErrorCode
  | "DW_JIRA_BAD_URL"
  | "DW_JIRA_INSECURE_URL"
  | "DW_JIRA_BAD_PROXY"
  | "DW_JIRA_BAD_KEY"
  | "DW_JIRA_PROJECT_MISSING"
  | "DW_JIRA_ISSUE_TYPE_MISSING"
  | "DW_JIRA_PERMISSION_MISSING"
  | "DW_JIRA_PRIORITY_MISSING"
  | "DW_JIRA_FIELD_NOT_ON_SCREEN"
  | "DW_JIRA_FIELD_REQUIRED";

/** The only error that the adapter throws. */
export function jiraError(
  code: JiraErrorCode,
  message: string,
  options: TrackerErrorOptions,
): TrackerError {
  return new TrackerError(code, message, options);
}
