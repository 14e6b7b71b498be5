import { describe, expect, it } from "vitest";
import { DockerError } from "../../remediations/docker/errors.ts";
import { isAway } from "../../src/app/away.ts";
import { StoreError } from "../../src/store/errors.ts";
import { TrackerError, type TrackerErrorCode } from "../../src/tickets/errors.ts";

const tracker = (code: TrackerErrorCode, reason?: string): TrackerError =>
  new TrackerError(code, "x", { hint: "Wait.", retryable: true, reason });

describe("an error that says the dependency is away", () => {
  it.each(["DW_JIRA_UNREACHABLE", "DW_JIRA_UNAVAILABLE", "DW_JIRA_UNAUTHORIZED"] as const)(
    "is %s of the tracker",
    (code) => expect(isAway("tracker", tracker(code))).toBe(true),
  );

  it("is no answer about one issue, and no creation that is still looked for", () => {
    expect(isAway("tracker", tracker("DW_JIRA_REFUSED"))).toBe(false);
    expect(isAway("tracker", tracker("DW_JIRA_OUTCOME_UNKNOWN"))).toBe(false);
  });

  it("is a limit of the whole tracker, not one of a single issue", () => {
    expect(isAway("tracker", tracker("DW_JIRA_RATE_LIMITED", "jira-burst-based"))).toBe(true);
    expect(isAway("tracker", tracker("DW_JIRA_RATE_LIMITED", "jira-per-issue-on-write"))).toBe(
      false,
    );
  });

  it("is an engine that cannot be reached, not one that refuses a container", () => {
    expect(isAway("engine", new DockerError("DW_DOCKER_UNREACHABLE", "x"))).toBe(true);
    expect(isAway("engine", new DockerError("DW_DOCKER_CONFLICT", "x"))).toBe(false);
  });

  it("is never the store's, and never a defect of ours", () => {
    const lost = new StoreError("DW_STORE_UNREACHABLE", "x", { hint: "Wait.", retryable: true });
    for (const dependency of ["tracker", "engine", "stream", "store"] as const) {
      expect(isAway(dependency, lost)).toBe(false);
      expect(isAway(dependency, new TypeError("x is undefined"))).toBe(false);
    }
  });
});
