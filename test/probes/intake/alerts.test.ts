/** How alerts are read: what they are about, how severe they are, and what is not taken as written (A10, A30, C26, C27). */
import { describe, expect, it } from "vitest";
import { type AlertSettings, addressed, type RawAlert } from "../../../src/probes/intake/alert.ts";
import { readBody } from "../../../src/probes/intake/read-body.ts";
import { QueryError } from "../../../src/query-errors.ts";

const at = Date.parse("2026-11-27T03:14:15Z");
const service = (name: string) =>
  ({ kind: "service", tenant: "default", environment: "test", name }) as const;
const settings: AlertSettings = {
  services: [
    { subject: service("openclaw"), isProbed: true, background: false, labels: undefined },
    { subject: service("sync"), isProbed: false, background: true, labels: { job: "sync" } },
  ],
  severities: { critical: "P0", warning: "P1", info: "P2", none: "ignore" },
  fingerprintLabels: ["alertname", "service", "instance"],
};

type Labels = Readonly<Record<string, string>>;
const read = (labels: Labels, given: Partial<RawAlert> = {}) =>
  addressed({ status: "firing", labels, annotations: {}, ...given }, settings, {
    nowMs: at,
    by: "alert",
  });
function taken(labels: Labels, given: Partial<RawAlert> = {}) {
  const found = read(labels, given);
  if ("ignored" in found) throw new Error(found.ignored);
  return found;
}

describe("the service of an alert", () => {
  it.each([
    ["its label service", { service: "openclaw" }, "openclaw"],
    [
      "its label agent, where the service is not known",
      { service: "x", agent: "openclaw" },
      "openclaw",
    ],
    [
      "the labels that the configuration gives, before all",
      { service: "openclaw", job: "sync" },
      "sync",
    ],
    ["its own name, where it is not configured", { service: "billing" }, "billing"],
    ["a name that can be typed", { service: "../a b\u0000;rm" }, "a-b-rm"],
    ["a name of at most 63 characters", { service: "a".repeat(500) }, "a".repeat(63)],
    ["the subject of those that name none", { alertname: "Odd" }, "alerts-without-a-service"],
    [
      "the subject of those that name none, where nothing is left",
      { service: "\u202e" },
      "alerts-without-a-service",
    ],
  ])("is %s", (_, labels, name) => {
    expect(taken(labels).subject.name).toBe(name);
  });
});

describe("the severity of an alert (C26)", () => {
  it.each([
    ["critical", "P0"],
    ["Critical", "P0"],
    ["warning", "P1"],
    ["info", "P2"],
    ["P0", "P0"],
    ["p2", "P2"],
    ["page", "P1"],
    ["__proto__", "P1"],
    ["toString", "P1"],
  ])("%s is %s", (severity, wanted) => {
    expect(taken({ service: "openclaw", severity }).notice.severity).toBe(wanted);
  });

  it("that is in no map is said", () => {
    expect(taken({ service: "openclaw", severity: "page" }).note).toContain(
      "severity_map has no page",
    );
    expect(taken({ service: "openclaw" }).note).toContain("severity_map has no severity");
  });

  it("is P1 at most for a service that is not configured, whose tickets would have no budget", () => {
    expect(taken({ service: "billing", severity: "critical" })).toMatchObject({
      notice: { severity: "P1" },
      note: "no service billing is under services: P1 at most",
    });
  });

  it("is P2 at most for a background service", () => {
    expect(taken({ service: "sync", severity: "critical" }).notice.severity).toBe("P2");
  });
});

describe("an alert opens nothing", () => {
  it.each([
    ["that Driftwarden posted", { alertname: "DriftwardenTicketOverdue", driftwarden: "ticket" }],
    ["under another name, with its label", { alertname: "Renamed", driftwarden: "question" }],
    ["of Driftwarden's own rules", { alertname: "DriftwardenSourceStale", severity: "critical" }],
    ["that shows only that alerting works", { alertname: "Watchdog", severity: "none" }],
  ])("%s", (_, labels: Labels) => {
    expect(read({ service: "openclaw", ...labels })).toHaveProperty("ignored");
  });
});

const since = (startsAt: string) => {
  const { notice, note } = taken({ service: "openclaw", severity: "info" }, { startsAt });
  return [new Date(notice.sinceMs).toISOString(), note];
};

describe("the time of an alert", () => {
  it.each([
    ["2026-11-27T03:00:00Z", "2026-11-27T03:00:00.000Z", undefined],
    ["2026-11-27T03:16:00Z", "2026-11-27T03:14:15.000Z", undefined],
    ["2126-01-01T00:00:00Z", "2026-11-27T03:14:15.000Z", "it is from the future: now"],
    ["0001-01-01T00:00:00Z", "2026-10-28T03:14:15.000Z", "it began more than 30 days ago: 30 days"],
    ["yesterday", "2026-11-27T03:14:15.000Z", "its time cannot be read: now"],
  ])("%s is %s", (given, wanted, note) => {
    expect(since(given)).toEqual([wanted, note]);
  });
});

const print = (labels: Labels) => taken(labels).notice.fingerprint;

describe("what tells two alerts apart (A30)", () => {
  const base = { alertname: "Slow", service: "openclaw", instance: "a" };
  it("are the labels of fingerprint_labels, in whatever order, and no others", () => {
    expect(print({ instance: "a", service: "openclaw", alertname: "Slow", pod: "x" })).toBe(
      print(base),
    );
    expect(print({ ...base, severity: "critical" })).toBe(print(base));
    expect(print({ ...base, instance: "b" })).not.toBe(print(base));
    expect(print({ alertname: "Slow", service: 'openclaw","a' })).not.toBe(print(base));
  });
  it("are all labels, where it has none of those", () => {
    expect(print({ job: "a" })).not.toBe(print({ job: "b" }));
  });
});

describe("the sentence of an alert", () => {
  it("holds no controls, and is bounded", () => {
    const summary = `slow\u001b[2J\u202e\n${"x".repeat(100_000)}`;
    const { said } = taken({ service: "openclaw" }, { annotations: { summary } }).notice;
    expect(said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(said.length).toBeLessThan(260);
  });
});

const webhook = (alerts: readonly unknown[]) =>
  JSON.stringify({ version: "4", status: "firing", receiver: "r", groupLabels: {}, alerts });
const good = {
  status: "firing",
  labels: { alertname: "A" },
  annotations: {},
  startsAt: "2026-11-27T03:14:15Z",
};

describe("the body of a webhook (A10)", () => {
  it("has alerts, and one that cannot be read does not lose the others", () => {
    const bad = { status: "burning", labels: { alertname: "B" } };
    expect(readBody(webhook([good, bad, { ...good, labels: { a: 1 } }, null]))).toMatchObject([
      good,
      { unread: expect.stringContaining("status") },
      { unread: expect.stringContaining("labels") },
      { unread: expect.any(String) },
    ]);
  });

  it.each([
    "{",
    "{}",
    '{"version":"3","alerts":[]}',
    '{"version":"4"}',
    "",
    "[]",
    "hello",
    "[P3] Agent: a | Service: b",
  ])("that is %j is refused, with what to send", (body) => {
    expect(() => readBody(body)).toThrow(QueryError);
    expect(() => readBody(body)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("[P1] Agent:") }),
    );
  });
});

describe("the six lines of an alert (C27)", () => {
  const block = [
    "[P1] Agent: openclaw-prod | Service: telegram-handler",
    "Time: 2026-02-18T02:14:33Z",
    "Summary: Response latency >10s for 5 consecutive minutes",
    "Impact: Telegram users experiencing delayed responses",
    "Dashboard: https://monitoring.internal/openclaw/latency",
    "Runbook: https://wiki.internal/runbooks/openclaw-latency",
  ].join("\n");

  it("are read, each field", () => {
    const [alert] = readBody(block);
    expect(alert).toEqual({
      status: "firing",
      labels: {
        alertname: "report of openclaw-prod",
        service: "telegram-handler",
        agent: "openclaw-prod",
        severity: "P1",
      },
      annotations: {
        summary: "Response latency >10s for 5 consecutive minutes",
        impact: "Telegram users experiencing delayed responses",
        dashboard_url: "https://monitoring.internal/openclaw/latency",
        runbook_url: "https://wiki.internal/runbooks/openclaw-latency",
      },
      startsAt: "2026-02-18T02:14:33Z",
    });
  });

  it("are over with RESOLVED, whatever else they say, and with lines of Windows", () => {
    const ended =
      "[RESOLVED] Agent: openclaw-prod | Service: telegram-handler\r\nSummary: fine again";
    const [before, after] = [block, ended].map((text) => {
      const [alert] = readBody(text);
      if (alert === undefined || "unread" in alert) throw new Error("it was not read");
      return taken(alert.labels, alert).notice;
    });
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(after?.endedMs).toBe(at);
  });
});
