/** Which errors say that a dependency itself is away; the rooms that ask it name their codes. */
import type { DockerErrorCode } from "../../remediations/docker/errors.ts";
import { DriftwardenError } from "../errors.ts";
import type { Dependency, IsAway } from "../outbox/dependency.ts";
import { TrackerError, type TrackerErrorCode } from "../tickets/errors.ts";

const trackerAway: readonly TrackerErrorCode[] = [
  "DW_JIRA_UNREACHABLE",
  "DW_JIRA_TIMEOUT",
  "DW_JIRA_UNAVAILABLE",
  "DW_JIRA_UNAUTHORIZED",
  "DW_JIRA_PROTOCOL",
  "DW_JIRA_RATE_LIMITED",
];
const engineAway: readonly DockerErrorCode[] = [
  "DW_DOCKER_UNREACHABLE",
  "DW_DOCKER_FORBIDDEN",
  "DW_DOCKER_TIMEOUT",
  "DW_DOCKER_PROTOCOL",
];
const away: Readonly<Record<Dependency, (error: DriftwardenError) => boolean>> = {
  tracker: (error) => trackerAway.some((code) => code === error.code) && !concernsOneIssue(error),
  engine: (error) => engineAway.some((code) => code === error.code),
  stream: (error) => error.retryable && !error.code.startsWith("DW_STORE_"),
  store: () => false,
};

/** Jira Cloud limits writes to one issue by itself; the others go on. */
function concernsOneIssue(error: DriftwardenError): boolean {
  return error instanceof TrackerError && error.reason === "jira-per-issue-on-write";
}

export const isAway: IsAway = (dependency, error) =>
  error instanceof DriftwardenError && away[dependency](error);
