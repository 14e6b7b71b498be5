/** Creates issues with as many of their fields as the project takes, and reads back what was stored. */
import type { Logger } from "pino";
import { isUnavailable } from "../../errors.ts";
import { paragraph, words } from "../../messages/message.ts";
import type { MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type { Issue, NewIssue } from "../tracker.ts";
import { assigneeField } from "./changing.ts";
import { jiraError } from "./errors.ts";
import { isOwn, type KeyPlace } from "./key-place.ts";
import { type JiraFields, writtenWithoutRefused } from "./optional-fields.ts";
import * as shapes from "./shapes.ts";
import type { JiraSite } from "./site.ts";

export interface NewIssueOptions {
  /** Key of the project. */
  readonly project: string;
  /** Name of the issue type. */
  readonly issueType: string;
  /** Further fields of a new issue, by Jira's field ids, as Jira's API wants them; `labels` are added to ours. */
  readonly fields?: JiraFields;
  readonly logger: Logger;
}

export interface Creating {
  readonly site: JiraSite;
  readonly options: NewIssueOptions;
  readonly markup: (message: NewIssue["description"]) => string;
  readonly get: (id: string) => Promise<Issue | undefined>;
}

/**
 * Creates the issue with the type and in the project of its route. If Jira refuses them, or demands a field for them, the
 * issue gets the configured type, and then the configured project.
 */
export async function createIssue(
  creating: Creating,
  issue: NewIssue,
  mayAct: MayAct | undefined,
): Promise<Issue> {
  const { logger } = creating.options;
  const [last = issue, ...before] = tries(issue).toReversed();
  for (const tried of before.toReversed()) {
    try {
      return await createAs(creating, tried, mayAct);
    } catch (error) {
      if (!isRefused(error, tried)) throw error;
      const { project, issueType } = tried.route ?? {};
      logger.warn({ err: error, project, issueType }, "jira does not take what a route names");
    }
  }
  return createAs(creating, last, mayAct);
}

/** As the route says, then without its type, then without its project. */
function tries(issue: NewIssue): readonly NewIssue[] {
  const { route = {} } = issue;
  const { project, issueType } = route;
  const untyped = { ...issue, route: { ...route, issueType: undefined } };
  const says = `Project ${project ?? ""} does not take this ticket from Driftwarden, so it is in this project.`;
  const atHome = {
    ...untyped,
    description: [...issue.description, [paragraph(words(says))]],
    route: { ...untyped.route, project: undefined },
  };
  return [
    issue,
    ...(issueType === undefined ? [] : [untyped]),
    ...(project === undefined ? [] : [atHome]),
  ];
}

/** Jira words the demands of a type in many ways, so each refusal counts. The configured type may demand less. */
function isRefused(error: unknown, { route }: NewIssue): boolean {
  if (!(error instanceof TrackerError) || error.maybeApplied) return false;
  if (error.code === "DW_TRACKER_UNAUTHORIZED") return false;
  const { status = 0 } = error;
  // A project that is not there, or in which we may create nothing.
  const ofProject = route?.project !== undefined && (status === 403 || status === 404);
  return status === 400 || status === 422 || ofProject;
}

/** @throws TrackerError `DW_TRACKER_LABEL_NOT_STORED`, with the issue, when labels that Jira took are not there */
async function createAs(
  creating: Creating,
  issue: NewIssue,
  mayAct: MayAct | undefined,
): Promise<Issue> {
  const { site, options } = creating;
  const { logger } = options;
  const project = issue.route?.project ?? options.project;
  const place = await site.keyPlace();
  const { value: created, left } = await writtenWithoutRefused(
    await fieldsOf(creating, issue, place),
    (fields, without) =>
      site.connection.call(
        { name: "create", doing: `creating an issue in ${project}`, writes: true, mayAct },
        (client) => client.addNewIssue(bodyOf(sayingSo(creating, issue, { fields, without }))),
        shapes.createdShape,
      ),
    ["labels", ...(place.id === undefined ? [] : [place.id]), "description"],
  );
  if (left.length > 0) {
    logger.warn({ issue: created.key, fields: left }, "jira does not take all fields of a ticket");
  }
  return readBack(creating, created, {
    ...issue,
    labels: storedLabels(issue, place, left),
  });
}

/** In the body of a request, properties are beside the fields of an issue. */
function bodyOf({ properties, ...fields }: JiraFields): Readonly<Record<string, unknown>> {
  return { fields, ...(properties !== undefined && { properties }) };
}

/** The labels that have to be found in the new issue when it is read back. */
function storedLabels(
  issue: NewIssue,
  place: KeyPlace,
  left: readonly string[],
): readonly string[] {
  const inLabels = left.includes("labels") ? [] : labelsOf(issue, place);
  if (place.id === undefined || left.includes(place.id)) return inLabels;
  return [...inLabels, ...issue.labels.filter(isOwn)];
}

/** The labels for the field Labels. With another place for our own labels, only those of the route. */
const labelsOf = ({ labels, route }: NewIssue, { id }: KeyPlace): readonly string[] =>
  id === undefined ? labels : (route?.labels ?? []);

async function fieldsOf(creating: Creating, issue: NewIssue, place: KeyPlace): Promise<JiraFields> {
  const { options, markup } = creating;
  const { project, issueType, fields } = options;
  const { route = {} } = issue;
  const labels = [...configuredLabels(fields), ...labelsOf(issue, place)];
  return {
    ...fields,
    ...route.fields,
    ...(route.components && { components: route.components.map((name) => ({ name })) }),
    ...(await assigneeOf(creating, route.assignee)),
    project: { key: route.project ?? project },
    issuetype: { name: route.issueType ?? issueType },
    summary: issue.summary,
    description: markup(issue.description),
    ...(labels.length > 0 && { labels }),
    ...place.valueOf(issue.labels.filter(isOwn)),
    ...(issue.priority !== undefined && { priority: { name: issue.priority } }),
  };
}

/** If Jira does not know the account, the project's own default assignee gets the ticket. */
async function assigneeOf(
  { site, options }: Creating,
  assignee: string | undefined,
): Promise<JiraFields> {
  try {
    return await assigneeField(site, { ...(assignee !== undefined && { assignee }) });
  } catch (error) {
    if (isUnavailable(error)) throw error;
    options.logger.warn({ err: error }, "jira does not know the assignee of a route");
    return {};
  }
}

interface Sent {
  readonly fields: JiraFields;
  readonly without: readonly string[];
}

/** Adds to the ticket which fields it lacks. People on call read the ticket, not the log. */
function sayingSo({ markup }: Creating, issue: NewIssue, { fields, without }: Sent): JiraFields {
  if (without.length === 0 || !("description" in fields)) return fields;
  const says = `This project does not take ${without.join(", ")} from Driftwarden, so this ticket does without.`;
  return { ...fields, description: markup([...issue.description, [paragraph(words(says))]]) };
}

/** A label that silently was not stored would make every later look-up miss. */
async function readBack(
  { site, options, markup, get }: Creating,
  created: { readonly id: string; readonly key: string },
  sent: NewIssue,
): Promise<Issue> {
  const stored = await get(created.id).catch((err: unknown) => {
    // The issue exists and its id is known. A failed check must not lose it.
    options.logger.warn({ err, issue: created.key }, "new issue could not be read back");
    return undefined;
  });
  const issue = stored ?? {
    ...created,
    url: await site.browse(created.key),
    labels: sent.labels,
    summary: sent.summary,
    description: markup(sent.description),
    done: false,
    wontFix: false,
  };
  const missing = sent.labels.filter((label) => !issue.labels.includes(label));
  if (missing.length === 0) return issue;
  throw jiraError(
    "DW_TRACKER_LABEL_NOT_STORED",
    `creating an issue: ${created.key} was created without the labels ${missing.join(", ")}`,
    {
      hint: "Put the field Labels on the project's create screen and let no automation remove Driftwarden's labels: without them a ticket whose creation was interrupted cannot be found and would be created twice.",
      maybeApplied: true,
      issue,
    },
  );
}

function configuredLabels(fields: JiraFields | undefined): readonly unknown[] {
  const labels = fields?.["labels"];
  return Array.isArray(labels) ? labels : [];
}
