import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { withAnswerDeadline } from "../../src/app/answer-deadline.ts";
import { buildHttp } from "../../src/app/http.ts";
import { withParts } from "../../src/app/parts.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";

const text = "store: {url: postgres://h/d}\nsources: {main: {}}\nhttp: {listen: '127.0.0.1:0'}\n";

describe("the API before the store has started", () => {
  it("answers DW_HTTP_STARTING, which says when to ask again", async () => {
    const config = parseConfig(text, { file: "dw.yaml", remediations });
    const logger = pino({ level: "silent" });
    const answer = await withParts({ config, logger }, async (parts) => {
      const { url } = await buildHttp(parts, {
        shown: {},
        metrics: ticketsMetrics(parts.registry),
      });
      const response = await fetch(`${url}/api/v1/runs`, { headers: { connection: "close" } });
      const body: unknown = await response.json();
      await parts.lifecycle.stop();
      return { status: response.status, body };
    });
    expect(answer).toMatchObject({
      status: 503,
      body: { code: "DW_HTTP_STARTING", hint: expect.stringContaining("/-/ready") },
    });
  });
});

describe("a part that does not answer a check", () => {
  it("is told as DW_CHECK_TIMEOUT, and the check goes on", async () => {
    const hanging = { part: "stream", look: () => new Promise<never>(() => undefined) };
    expect(await withAnswerDeadline(hanging, 1).look()).toMatchObject([
      { ok: false, code: "DW_CHECK_TIMEOUT", message: "stream has not answered within 0.001 s" },
    ]);
  });

  it("says nothing of it when it answers in time", async () => {
    expect(await withAnswerDeadline({ part: "stream", look: async () => [] }).look()).toEqual([]);
  });
});
