/** Whether tickets can be closed and reopened: Jira shows the transitions of an issue that exists, and no others. */
import { type CheckFinding, doubtful, failed, fine } from "../../finding.ts";
import { nearest } from "../../nearest.ts";
import type { JiraConnection } from "./connection.ts";
import type { JiraOptions } from "./jira.ts";
import { read } from "./read.ts";
import { transitionsShape } from "./shapes.ts";
import type { JiraSite } from "./site.ts";
import { foundIssuesShape } from "./survey-shapes.ts";

type Asked = Pick<JiraOptions, "project" | "issueType" | "resolveTransition" | "reopenTransition">;

/** Judges closing on the newest open issue, and reopening on the newest closed one. */
export async function transitionFindings(
  site: JiraSite,
  asked: Asked,
): Promise<readonly CheckFinding[]> {
  try {
    const issues = await newest(site, asked);
    const open = issues.find(({ done }) => !done);
    const done = issues.find((issue) => issue.done);
    const found = [
      ...(open ? await wayOf(site.connection, open.key, closing(asked)) : []),
      ...(done ? await wayOf(site.connection, done.key, reopening(asked)) : []),
    ];
    const unseen = open === undefined || done === undefined;
    if (found.length > 0 || !unseen) return found;
    return [
      fine(
        "transitions",
        `closing and reopening can be checked once ${asked.project} has an open and a closed ${asked.issueType}`,
      ),
    ];
  } catch (error) {
    return [failed("transitions", error, "jira.resolve_transition")];
  }
}

interface Way {
  readonly transition: string;
  readonly key: string;
  readonly says: string;
}

const closing = ({ project, resolveTransition }: Asked): Way => ({
  transition: resolveTransition,
  key: "jira.resolve_transition",
  says: `${project} has no way to close by "${resolveTransition}": people are asked to close tickets by hand`,
});

const reopening = ({ project, reopenTransition }: Asked): Way => ({
  transition: reopenTransition,
  key: "jira.reopen_transition",
  says: `${project} has no way back from Done by "${reopenTransition}"`,
});

async function wayOf(
  connection: JiraConnection,
  issue: string,
  { transition, key, says }: Way,
): Promise<readonly CheckFinding[]> {
  const { transitions } = await connection.call(
    { name: "transitions", doing: `reading the transitions of issue ${issue}`, writes: false },
    (client) => read(client, `/issue/${issue}/transitions`, {}),
    transitionsShape,
  );
  const wanted = transition.toLowerCase();
  if (transitions.some(({ id, name }) => id === transition || name.toLowerCase() === wanted))
    return [];
  const names = transitions.map(({ name }) => name);
  const meant = nearest(transition, names);
  const guess = meant === undefined ? "" : `Did you mean "${meant}"? `;
  return [
    doubtful("transitions", {
      message: says,
      hint: `${guess}Set ${key} to one of those of ${issue}: ${names.join(", ") || "none"}.`,
      key,
    }),
  ];
}

interface SeenIssue {
  readonly key: string;
  readonly done: boolean;
}

async function newest(
  site: JiraSite,
  { project, issueType }: Asked,
): Promise<readonly SeenIssue[]> {
  const isCloud = await site.isCloud();
  const jql = `project = "${project}" ORDER BY created DESC`;
  const query = { fields: ["status", "issuetype"], maxResults: 50 };
  const { issues } = await site.connection.call(
    { name: "search", doing: `searching for issues of ${project}`, writes: false },
    (client) => {
      if (!isCloud) return client.searchJira(jql, query);
      const uri = client.makeUri({ pathname: "/search/jql" });
      return client.doRequest(
        client.makeRequestHeader(uri, { method: "POST", body: { jql, ...query } }),
      );
    },
    foundIssuesShape,
  );
  return issues
    .filter(
      ({ fields }) =>
        (fields.issuetype?.name ?? issueType).toLowerCase() === issueType.toLowerCase(),
    )
    .map(({ key, fields }) => ({ key, done: fields.status.statusCategory?.key === "done" }));
}
