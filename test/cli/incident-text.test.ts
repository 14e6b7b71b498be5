import { describe, expect, it } from "vitest";
import { incidentLines, incidentTable } from "../../src/cli/incident-text.ts";
import { digest, incident, resolvedService } from "../http/api-examples.ts";

const shared = {
  ...incident,
  number: 1043,
  kinds: ["silent", "source_silent"] as const,
  members: { total: 40, items: [] },
  ticket: null,
};

describe("the table of incidents", () => {
  it("has a line an incident, with what an operator looks for first", () => {
    expect(incidentTable([shared, digest, resolvedService, incident])).toEqual([
      "#     severity  state      opened (UTC)      subject                             what                   ticket",
      "1043  P1        open       2026-11-27 03:14  churn-v7 and 39 more                silent, source_silent  -",
      "9     P1        recovered  2026-11-27 03:14  130 episodes of default/production  shift: credit_score    -",
      "8     P1        resolved   2026-11-27 03:14  checkout                            oom                    -",
      "7     P1        open       2026-11-27 03:14  churn-v7                            shift: credit_score    IR-42",
    ]);
  });

  it("says of which nothing is told for now, and one incident says until when", () => {
    const silence = {
      about: "credit_score of churn-v7",
      by: "sarah",
      since: "2026-11-27T03:20:00.000Z",
      until: "2026-11-27T05:20:00.000Z",
    };
    expect(incidentTable([{ ...incident, silence }])[1]).toContain("open, silenced");
    expect(incidentLines({ ...incident, silence })).toContain(
      "  silenced     credit_score of churn-v7, by sarah, until 2026-11-27 05:20:00 UTC",
    );
  });

  it("lets no name move the cursor or fill the line", () => {
    const name = `a\u001b[2J\n\u202e${"x".repeat(500)}`;
    const hostile = { ...incident, subject: { ...incident.subject, name } };
    const [, line = ""] = incidentTable([hostile]);
    expect(line).toContain("a\\u001b[2J\\n\\u202e");
    expect(line.length).toBeLessThan(140);
  });
});

describe("one incident", () => {
  it("is said with its ticket, its members, and what was tried and refused", () => {
    expect(incidentLines(incident)).toEqual([
      "Incident 7, P1, open",
      "  subject      churn-v7  (model default/production/main/churn-v7)",
      "  what         shift: credit_score",
      "  opened       2026-11-27 03:14:15 UTC",
      "  ticket       IR-42  https://example.atlassian.net/browse/IR-42",
      "  id           inc-e1",
      "  fingerprint  31568e361d0685f8d14b",
      "",
      "What was seen",
      "  churn-v7, P1, shift, broken, since 2026-11-27 03:14:15 UTC: credit_score was outside its band in 2 of 3 attributions (z −11.2, boundary 5.0).",
      "",
      "What was tried",
      "  2026-11-27 03:14:17 UTC  restart-scorer: denied by cooldown. restart-scorer ran 20 min ago, and its cooldown is 30 min. Asked again at 2026-11-27 03:24:15 UTC.",
    ]);
  });

  it("that is over says when, and that nothing was tried", () => {
    const lines = incidentLines(resolvedService);
    expect(lines).toContain("  resolved     2026-11-27 03:29:15 UTC");
    expect(lines).toContain("  ticket       none");
    expect(lines.at(-1)).toBe("No fix was tried.");
  });

  it("of which not all members are named says of how many", () => {
    expect(incidentLines(digest)).toContain("What was seen, 1 of 130");
  });
});
