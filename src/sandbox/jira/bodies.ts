/** The sandbox's answers, shaped as Jira's REST v2 shapes them. */
import type { Refusal, SandboxComment, SandboxIssue, SandboxTracker } from "./tracker.ts";

export function issueBody(issue: SandboxIssue, url: string): unknown {
  return {
    id: issue.id,
    key: issue.key,
    self: `${url}/rest/api/2/issue/${issue.id}`,
    fields: {
      summary: issue.summary,
      description: issue.description,
      labels: issue.labels,
      issuetype: { name: issue.issueType },
      priority: { name: issue.priority },
      reporter: { displayName: issue.reporter },
      status: statusBody(issue.status),
      resolution: issue.resolution === undefined ? null : { name: issue.resolution },
      created: isoTime(issue.createdAtMs),
      resolutiondate: issue.resolvedAtMs === undefined ? null : isoTime(issue.resolvedAtMs),
    },
  };
}

export function commentBody(comment: SandboxComment): unknown {
  return {
    id: comment.id,
    author: { displayName: comment.author },
    body: comment.body,
    created: isoTime(comment.createdAtMs),
    updated: isoTime(comment.updatedAtMs),
  };
}

export function transitionsBody(transitions: ReturnType<SandboxTracker["transitions"]>): unknown {
  return {
    expand: "transitions",
    transitions: transitions.map(({ id, name, to }) => ({ id, name, to: statusBody(to) })),
  };
}

export function refusalBody({ messages, errors }: Refusal): unknown {
  return { errorMessages: messages, errors };
}

function statusBody({ id, name, category }: SandboxIssue["status"]): unknown {
  return { id, name, statusCategory: { key: category } };
}

/** Jira writes the zone as +0000. */
function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "+0000");
}
