/** What is overdue, told to a real Alertmanager and read back from it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../src/clock.ts";
import { alertmanager } from "../../src/tickets/alertmanager/alertmanager.ts";
import { alertExecutor } from "../../src/tickets/alertmanager/executor.ts";
import { surveyAlertmanager } from "../../src/tickets/alertmanager/survey.ts";
import { alertOf, type Overdue } from "../../src/tickets/overdue.ts";
import { goodPermit } from "../fakes/permit.ts";
import {
  alertmanagerTestable,
  startAlertmanager,
  type TestAlertmanager,
} from "../programs/alertmanager.ts";
import { eventually } from "../programs/eventually.ts";
import { exampleIncident } from "../tickets/example-incident.ts";

const available = await alertmanagerTestable();
let real: TestAlertmanager;
beforeAll(async () => {
  if (available) real = await startAlertmanager();
});
afterAll(async () => {
  if (available) await real.stop();
});

const listed = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    status: z.object({ state: z.string() }),
  }),
);

async function alerts(): Promise<z.infer<typeof listed>> {
  const answer = await fetch(`${real.url}/api/v2/alerts`);
  return listed.parse(await answer.json());
}

describe.runIf(available)("a real Alertmanager", () => {
  it("shows one alert of a ticket that is not confirmed, however often it is told, until it is over", async () => {
    const subject = exampleIncident();
    const ticket: Overdue = {
      what: "ticket",
      id: "inc-e1:e1:0:ticket.open",
      sinceMs: systemClock.now() - 400_000,
      detail: "Jira answered 503.",
      subject,
    };
    let overdue: readonly Overdue[] = [ticket];
    const manager = alertmanager({ url: real.url });
    const { handlers } = alertExecutor({
      alertmanager: manager,
      list: async () => overdue,
      clock: systemClock,
    });
    const { effect } = alertOf(ticket);
    const attempt = { id: "effect-1", unknown: false, mayAct: goodPermit };
    const tell = (number: number) =>
      handlers["alertmanager.tell"](effect, subject, { ...attempt, attempt: number });

    await tell(1);
    await tell(2);
    const active = {
      labels: effect.labels,
      annotations: { description: expect.stringContaining("Jira answered 503.") },
      status: { state: expect.stringMatching(/^(active|unprocessed)$/) },
    };
    await eventually(async () => expect(await alerts()).toMatchObject([active]));

    overdue = [];
    await tell(3);
    await eventually(async () => expect(await alerts()).toEqual([]));
  });

  it("is told by its version in check", async () => {
    const [found, ...others] = await surveyAlertmanager(alertmanager({ url: real.url }), real.url);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ ok: true, message: expect.stringMatching(/version \d+\.\d+/) });
  });

  it("refuses what is no alert, which is told as a refusal", async () => {
    const times = { startsAtMs: systemClock.now(), endsAtMs: systemClock.now() + 60_000 };
    const refused = alertmanager({ url: real.url }).post({ labels: {}, annotations: {}, ...times });
    await expect(refused).rejects.toMatchObject({ code: "DW_ALERTMANAGER_REFUSED" });
  });
});
