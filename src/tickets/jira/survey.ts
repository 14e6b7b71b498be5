/**
 * Checks Jira for `check` and the daemon's probes: everything that the life of a ticket needs, with read requests
 * alone.
 */
import { type CheckFinding, doubtful, failed, fine, wrong } from "../../finding.ts";
import { TrackerError } from "../errors.ts";
import { checkProject } from "./checks.ts";
import { connect, type JiraConnection } from "./connection.ts";
import { jiraError } from "./errors.ts";
import type { JiraOptions } from "./jira.ts";
import { read } from "./read.ts";
import { JiraSite } from "./site.ts";
import { type FieldsNeeded, fieldFindings } from "./survey-fields.ts";
import { groupFindings } from "./survey-groups.ts";
import * as shapes from "./survey-shapes.ts";
import { transitionFindings } from "./survey-transitions.ts";

export interface JiraSurvey extends JiraOptions {
  /** Names of the priorities that new tickets get; none when they get none. */
  readonly priorities: readonly string[];
  /** Tickets get pictures. */
  readonly pictures?: boolean;
  /** Names of the groups that give roles. */
  readonly groups?: readonly string[];
  /** What routes name, beside the project and the issue type above. */
  readonly routed?: readonly RoutedTo[];
}

/** Where a route opens tickets, and as what. */
export interface RoutedTo {
  /** Left out: the configured one. */
  readonly project?: string | undefined;
  readonly issueType?: string | undefined;
}

/** @returns what was found, one finding at least; never throws */
export async function surveyJira(survey: JiraSurvey): Promise<readonly CheckFinding[]> {
  try {
    checkProject(survey.project);
    const connection = connect(survey);
    const account = await accountOf(connection);
    const project = await projectOf(connection, survey);
    const rights = await rightFindings(connection, survey, account);
    const login = `${survey.url} as ${account}, ${survey.project} "${project.name}"`;
    return [
      ...(rights.some(({ ok }) => !ok) ? [] : [fine("login", login)]),
      ...rights,
      ...(await typeFindings(connection, survey, project)),
      ...routedTypeFindings({ ...survey, types: typesIn(survey, survey.project) }, project),
      ...(await routedFindings(connection, survey, account)),
      ...(await groupFindings(new JiraSite(survey), survey.groups ?? [])),
    ];
  } catch (error) {
    return [failed("login", error, keyOf(error))];
  }
}

/** Names of the issue types that routes give in a project. */
function typesIn({ routed = [], project: home }: JiraSurvey, project: string): readonly string[] {
  const there = routed.filter((route) => (route.project ?? home) === project);
  return [...new Set(there.flatMap(({ issueType }) => issueType ?? []))];
}

/** Each further project is looked at like the first: it has screens, types and transitions of its own. */
async function routedFindings(
  connection: JiraConnection,
  survey: JiraSurvey,
  account: string,
): Promise<readonly CheckFinding[]> {
  const keys = new Set((survey.routed ?? []).flatMap(({ project }) => project ?? []));
  keys.delete(survey.project);
  const found: CheckFinding[] = [];
  for (const key of keys) {
    try {
      checkProject(key);
      const named = (survey.routed ?? []).filter(({ project }) => project === key);
      const isTyped = named.every(({ issueType }) => issueType !== undefined);
      const issueType = (isTyped ? named[0]?.issueType : undefined) ?? survey.issueType;
      const here = { ...survey, project: key, issueType };
      const project = await projectOf(connection, here);
      const rights = await rightFindings(connection, here, account);
      const types = await typeFindings(connection, here, project);
      const routes = routedTypeFindings({ ...here, types: typesIn(survey, key) }, project);
      found.push(...rights, ...types.filter(({ ok, doubtful: is }) => !ok || is), ...routes);
    } catch (error) {
      found.push(failed("routes", error, "routes"));
    }
  }
  return found;
}

function keyOf(error: unknown): string {
  const code = error instanceof TrackerError ? error.code : "";
  if (code === "DW_JIRA_PROJECT_MISSING") return "jira.project";
  return code === "DW_TRACKER_UNAUTHORIZED" ? "jira.token_file" : "jira.url";
}

async function accountOf(connection: JiraConnection): Promise<string> {
  const account = await connection.call(
    { name: "myself", doing: "asking Jira who we are", writes: false },
    (client) => client.getCurrentUser(),
    shapes.accountShape,
  );
  return account.displayName ?? account.name ?? account.accountId ?? "unknown";
}

interface Project {
  readonly name: string;
  readonly types: readonly { readonly id: string; readonly name: string }[];
}

async function projectOf(connection: JiraConnection, { project }: JiraSurvey): Promise<Project> {
  const found = await connection.call(
    { name: "project", doing: `reading project ${project}`, writes: false },
    (client) => client.getProject(project),
    shapes.projectShape,
  );
  return { name: found.name ?? found.key, types: found.issueTypes ?? [] };
}

/** What a ticket's life needs, and what Jira's administrators call it. */
const needed: Readonly<Record<string, string>> = {
  BROWSE_PROJECTS: "Browse Projects",
  CREATE_ISSUES: "Create Issues",
  EDIT_ISSUES: "Edit Issues",
  ADD_COMMENTS: "Add Comments",
  TRANSITION_ISSUES: "Transition Issues",
};

async function rightFindings(
  connection: JiraConnection,
  { project, pictures = false }: JiraSurvey,
  account: string,
): Promise<readonly CheckFinding[]> {
  const asked = pictures ? [...Object.keys(needed), attach] : Object.keys(needed);
  const query = { projectKey: [project], permissions: [asked.join(",")] };
  const { permissions } = await connection.call(
    { name: "permissions", doing: `reading the permissions in ${project}`, writes: false },
    (client) => read(client, "/mypermissions", query),
    shapes.permissionsShape,
  );
  const missing = asked.filter((key) => permissions[key]?.havePermission === false);
  if (missing.length === 0) return [];
  if (missing.every((key) => key === attach)) return [noPictures(account, project)];
  const names = missing.map((key) => needed[key] ?? "Create Attachments").join(", ");
  return [
    wrong("rights", {
      code: "DW_JIRA_PERMISSION_MISSING",
      message: `"${account}" lacks in ${project}: ${names}`,
      hint: `Ask the Jira admin to grant ${names} in ${project} to "${account}".`,
      key: "jira.project",
    }),
  ];
}

const attach = "CREATE_ATTACHMENTS";

function noPictures(account: string, project: string): CheckFinding {
  return doubtful("rights", {
    message: `"${account}" lacks in ${project}: Create Attachments; tickets show lines of text in place of pictures`,
    hint: `Ask the Jira admin to grant it, or set jira.pictures: false.`,
    key: "jira.pictures",
  });
}

async function typeFindings(
  connection: JiraConnection,
  survey: JiraSurvey,
  { types }: Project,
): Promise<readonly CheckFinding[]> {
  const { issueType, project } = survey;
  const type = types.find(({ name }) => name.toLowerCase() === issueType.toLowerCase());
  if (type === undefined && types.length > 0) {
    const error = jiraError(
      "DW_JIRA_ISSUE_TYPE_MISSING",
      `${project} has no issue type ${issueType}`,
      {
        hint: `Set jira.issue_type to one of: ${types.map(({ name }) => name).join(", ")}.`,
      },
    );
    return [failed("issue type", error, "jira.issue_type")];
  }
  const found = await Promise.all([
    type === undefined ? [] : fieldsOf(connection, { ...survey, issueTypeId: type.id }),
    transitionFindings(new JiraSite(survey), survey),
  ]);
  return found.flat();
}

/** Servers that tell no types are asked when a ticket is opened. */
function routedTypeFindings(
  { issueType, project, types: routed }: JiraSurvey & { readonly types: readonly string[] },
  { types }: Project,
): readonly CheckFinding[] {
  const names = new Set(types.map(({ name }) => name.toLowerCase()));
  const missing = routed.filter((type) => !names.has(type.toLowerCase()));
  if (types.length === 0 || missing.length === 0) return [];
  return [
    doubtful("routes", {
      message: `${project} has no issue type ${missing.join(", ")}: such tickets are opened as ${issueType}`,
      hint: `Name one of: ${types.map(({ name }) => name).join(", ")}.`,
      key: "routes",
    }),
  ];
}

/** The fields that a new ticket may have; older servers do not tell them. */
async function fieldsOf(
  connection: JiraConnection,
  needs: FieldsNeeded,
): Promise<readonly CheckFinding[]> {
  const { project, issueTypeId } = needs;
  try {
    const { fields, values } = await connection.call(
      {
        name: "create_fields",
        doing: `reading the fields of a new issue in ${project}`,
        writes: false,
      },
      (client) =>
        read(client, `/issue/createmeta/${project}/issuetypes/${issueTypeId}`, { maxResults: 200 }),
      shapes.createFieldsShape,
    );
    return fieldFindings(fields ?? values ?? [], needs);
  } catch (error) {
    if (error instanceof TrackerError && error.status === 404) return [];
    return [failed("fields", error, "jira.fields")];
  }
}
