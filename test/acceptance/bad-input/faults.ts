/** Faults in the daemon's environment that are repaired while it runs: tables, Jira, the container engine. */

import { jiraUser, type TestEnvironment } from "./environment.ts";
import { type FedModel, fedModel } from "./feed.ts";
import type { BadInput } from "./rows.ts";

export interface BadTable extends Omit<BadInput, "sql"> {
  readonly source: string;
  /** The repair by the owner. */
  readonly mend: string;
}

const pollFailures = (source: string, reason: string): string =>
  `driftwarden_source_poll_failures_total{source="${source}",reason="${reason}"}`;

export const badTables: readonly BadTable[] = [
  {
    what: "a table without rights",
    source: "forbidden",
    counter: [pollFailures("forbidden", "forbidden"), 1],
    code: "DW_SOURCE_FORBIDDEN",
    hint: 'GRANT SELECT ON "public"."forbidden" TO "readonly"',
    mend: "GRANT SELECT ON forbidden TO readonly",
  },
  {
    what: "a table without the column",
    source: "columnless",
    counter: [pollFailures("columnless", "column_missing"), 1],
    code: "DW_SOURCE_COLUMN_MISSING",
    hint: "Set columns.feature of the source",
    mend: "ALTER TABLE columnless ADD COLUMN feature_name text",
  },
  {
    what: "a table that is not there",
    source: "absent",
    counter: [pollFailures("absent", "table_missing"), 1],
    code: "DW_SOURCE_TABLE_MISSING",
    hint: "set table of the source",
    mend: "CREATE TABLE absent (LIKE explainability_metrics); GRANT SELECT ON absent TO readonly",
  },
];

export interface BadJira {
  readonly what: string;
  readonly model: FedModel;
  /** The administrator's mistake, and its repair. */
  readonly fault: (site: TestEnvironment["jiraSite"]) => void;
  readonly mend: (site: TestEnvironment["jiraSite"]) => void;
  readonly code: `DW_${string}`;
  readonly hint: string;
}

const requiresTeam = "customfield_10010";

export const badJira: readonly BadJira[] = [
  {
    what: "a token that is not accepted",
    model: fedModel("jira-unauthorized"),
    fault: ({ users }) => void users.splice(0),
    mend: ({ users }) => void users.push(jiraUser),
    code: "DW_TRACKER_UNAUTHORIZED",
    hint: "Check jira.user and the token behind jira.token_file",
  },
  {
    what: "a project that is not there",
    model: fedModel("jira-projectless"),
    fault: ({ projects }) => void projects.pop(),
    mend: ({ projects }) => void projects.push("IR"),
    code: "DW_JIRA_PROJECT_MISSING",
    hint: "Set jira.project to the key of a project",
  },
  {
    what: "a field that is required and missing",
    model: fedModel("jira-demanding"),
    fault: ({ requireFields }) => void requireFields.push(requiresTeam),
    mend: ({ requireFields }) => void requireFields.pop(),
    code: "DW_JIRA_FIELD_REQUIRED",
    hint: `The project demands ${requiresTeam}`,
  },
];

export interface BadEngine {
  readonly what: string;
  /** The model that calls for the fix of the same name in the configuration. */
  readonly model: FedModel;
  readonly series: readonly string[];
  readonly code: `DW_${string}`;
  readonly hint: string;
}

const calls = (verb: string, outcome: string): string =>
  `driftwarden_docker_calls_total{verb="${verb}",outcome="${outcome}"}`;
const decided = (fix: string): string =>
  `driftwarden_runs_decided_total{fix="${fix}",status="denied",gate="target"}`;

export const noSocket: BadEngine = {
  what: "no Docker socket",
  model: fedModel("no-socket"),
  series: [calls("version", "DW_DOCKER_UNREACHABLE"), decided("no-socket")],
  code: "DW_DOCKER_UNREACHABLE",
  hint: "Start the engine",
};

export const noPermission: BadEngine = {
  what: "no permission on the Docker socket",
  model: fedModel("no-permission"),
  series: [calls("version", "DW_DOCKER_FORBIDDEN"), decided("no-permission")],
  code: "DW_DOCKER_FORBIDDEN",
  hint: "Add the user that runs driftwarden to the group that owns the socket",
};

export const vanishes: BadEngine = {
  what: "a container that vanished",
  model: fedModel("vanishes"),
  series: [
    calls("restart", "DW_DOCKER_GONE"),
    'driftwarden_runs_finished_total{fix="vanishes",outcome="failed"}',
  ],
  code: "DW_DOCKER_GONE",
  hint: "Nothing to do if the container was removed or made anew on purpose",
};
