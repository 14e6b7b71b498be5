import { describe, expect, it } from "vitest";
import { DockerError } from "../../remediations/docker/errors.ts";
import { isUnavailable } from "../../src/errors.ts";
import { StoreError } from "../../src/store/errors.ts";
import { KafkaStreamError } from "../../src/stream/kafka/errors.ts";
import { TrackerError, type TrackerErrorCode } from "../../src/tickets/errors.ts";

const tracker = (code: TrackerErrorCode, oneIssueOnly?: boolean): TrackerError =>
  new TrackerError(code, "x", { hint: "Wait.", retryable: true, oneIssueOnly });

describe("an error that says the dependency is away", () => {
  it.each(["DW_TRACKER_UNREACHABLE", "DW_TRACKER_UNAVAILABLE", "DW_TRACKER_UNAUTHORIZED"] as const)(
    "is %s of the tracker",
    (code) => expect(isUnavailable(tracker(code))).toBe(true),
  );

  it("is no answer about one issue, and no creation that is still looked for", () => {
    expect(isUnavailable(tracker("DW_TRACKER_REFUSED"))).toBe(false);
    expect(isUnavailable(tracker("DW_TRACKER_OUTCOME_UNKNOWN"))).toBe(false);
  });

  it("is a limit of the whole tracker, not one of a single issue", () => {
    expect(isUnavailable(tracker("DW_TRACKER_RATE_LIMITED", false))).toBe(true);
    expect(isUnavailable(tracker("DW_TRACKER_RATE_LIMITED", true))).toBe(false);
  });

  it("is an engine that cannot be reached, not one that refuses a container", () => {
    expect(isUnavailable(new DockerError("DW_DOCKER_UNREACHABLE", "x"))).toBe(true);
    expect(isUnavailable(new DockerError("DW_DOCKER_CONFLICT", "x"))).toBe(false);
  });

  it("is what may pass by itself on Kafka, not a topic that somebody has to mend", () => {
    const errors = [true, false].map(
      (retryable) =>
        new KafkaStreamError("DW_STREAM_UNREACHABLE", "x", { hint: "Wait.", retryable }),
    );
    expect(errors.map(isUnavailable)).toEqual([true, false]);
  });

  it("is never the store's, and never a defect of ours", () => {
    const lost = new StoreError("DW_STORE_UNREACHABLE", "x", { hint: "Wait.", retryable: true });
    expect(isUnavailable(lost)).toBe(false);
    expect(isUnavailable(new TypeError("x is undefined"))).toBe(false);
  });
});
