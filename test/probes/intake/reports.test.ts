/** What is opened by alerts and reports, and that it is opened once (A11, C5, C20). */
import { array, assert, constantFrom, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { judged, type ServiceWatch } from "../../../src/probes/follow.ts";
import { mostReports, type ReportNotice, takeNotices } from "../../../src/probes/intake/report.ts";

const subject = {
  kind: "service",
  tenant: "default",
  environment: "production",
  name: "openclaw",
} as const;

const firing = (given: Partial<ReportNotice> = {}): ReportNotice => ({
  fingerprint: given.name ?? "latency",
  name: "latency",
  kind: "alert",
  by: "alert",
  severity: "P1",
  said: "it is slow",
  sinceMs: 1000,
  endedMs: undefined,
  ...given,
});
const over = (given: Partial<ReportNotice> = {}): ReportNotice =>
  firing({ endedMs: 5000, ...given });

/** Takes the batches one after the other. @returns what each became, and the events */
function taking(batches: readonly (readonly ReportNotice[])[], from: ServiceWatch = {}) {
  let watch = from;
  return batches.map((batch, n) => {
    const nowMs = 10_000 + n * 1000;
    const { reports, taken } = takeNotices(watch.reports ?? {}, batch, nowMs);
    const followed = judged({ ...watch, reports }, { subject, nowMs, needs: [] });
    // What is stored is read again as JSON.
    watch = JSON.parse(JSON.stringify(followed.watch));
    const { event } = followed;
    const said =
      event?.type === "episode_opened" ? `${event.severity} ${event.kind}` : event && "over";
    return { taken, said, event, watch };
  });
}

const said = (batches: readonly (readonly ReportNotice[])[], from?: ServiceWatch) =>
  taking(batches, from).map((one) => one.said);

describe("an alert of a service", () => {
  it("opens one episode, is counted when it comes again, and is over when it is resolved", () => {
    const steps = taking([[firing()], [firing()], [firing()], [over()], [over()]]);
    expect(steps.map((one) => one.said)).toEqual([
      "P1 alert",
      undefined,
      undefined,
      "over",
      undefined,
    ]);
    expect(steps.flatMap((one) => one.taken)).toEqual([
      "new",
      "repeated",
      "repeated",
      "resolved",
      "ignored",
    ]);
    expect(steps[2]?.watch.reports?.["latency"]).toMatchObject({ count: 3, severity: "P1" });
  });

  it("does not open again when a notice from before its end comes late", () => {
    const again = firing({ sinceMs: 5001 });
    expect(said([[firing()], [over()], [firing()], [again]])).toEqual([
      "P1 alert",
      "over",
      undefined,
      "P1 alert",
    ]);
  });

  it("is not over by the end of an earlier time", () => {
    expect(said([[firing({ sinceMs: 9000 })], [over()]])).toEqual(["P1 alert", undefined]);
  });

  it("joins what is open, and raises the severity", () => {
    const other = firing({ name: "errors", severity: "P0" });
    expect(said([[firing()], [other], [over()], [over({ name: "errors" })]])).toEqual([
      "P1 alert",
      "P0 alert",
      undefined,
      "over",
    ]);
  });

  it("has one episode with others of one request", () => {
    const many = ["a", "b", "c"].map((name) => firing({ name }));
    expect(said([many])).toEqual(["P1 alert"]);
  });

  it("has no episode after five others, and is stored", () => {
    const many = Array.from({ length: 20 }, (_, n) => [firing({ name: `alert ${n}` })]);
    const steps = taking(many);
    expect(steps.filter((one) => one.event !== undefined)).toHaveLength(5);
    expect(Object.keys(steps.at(-1)?.watch.reports ?? {})).toHaveLength(20);
  });

  it("is counted and not stored beyond a hundred, unless another one is over", () => {
    const many = Array.from({ length: mostReports }, (_, n) => firing({ name: `alert ${n}` }));
    const steps = taking([many, [firing({ name: "one more" })], [over({ name: "alert 3" })]]);
    expect(steps[1]?.taken).toEqual(["beyond"]);
    const watch = steps.at(-1)?.watch;
    expect(taking([[firing({ name: "one more" })]], watch)[0]?.taken).toEqual(["new"]);
  });

  it("stays open while a probe finds something, and the probe's kind leads", () => {
    const probes = [{ probe: "container", said: "it is gone" }];
    const probed = { kind: "down", severity: "P1", class: "infrastructure", probes } as const;
    const [joined, after] = taking([[firing()], [over()]], { probed });
    expect(joined?.event).toMatchObject({
      kind: "down",
      reason: "it is gone; it is slow (P1, since 1970-01-01T00:00:01Z)",
    });
    expect(joined?.event).not.toHaveProperty("detectedBy");
    expect(after?.said).toBeUndefined();
  });

  it("says who noticed it", () => {
    const person = firing({ kind: "report", by: "user_report" });
    expect(taking([[person]])[0]?.event).toMatchObject({
      kind: "report",
      detectedBy: "user_report",
    });
    expect(taking([[firing()]])[0]?.event).toMatchObject({ kind: "alert", detectedBy: "alert" });
  });

  it("is never open twice, and is open exactly while one fires", () => {
    const notice = record({
      name: constantFrom("a", "b", "c"),
      sinceMs: constantFrom(1000, 2000, 3000),
      endedMs: constantFrom(undefined, 1500, 2500, 3500),
    }).map((given) => firing(given));
    assert(
      property(array(array(notice, { maxLength: 4 }), { maxLength: 12 }), (batches) => {
        let open = false;
        for (const { event, watch } of taking(batches)) {
          expect(event?.type === "episode_closed" && !open).toBe(false);
          if (event !== undefined) open = event.type === "episode_opened";
          const fires = Object.values(watch.reports ?? {}).some((one) => one.endedMs === undefined);
          expect(fires).toBe(open);
          expect(watch.open !== undefined).toBe(open);
        }
      }),
    );
  });
});
