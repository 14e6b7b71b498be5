/** An adapter at a server of a test, and what it throws. */
import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, onTestFinished } from "vitest";
import { TrackerError } from "../../../src/tickets/errors.ts";
import { type Jira, type JiraOptions, openJira } from "../../../src/tickets/jira/jira.ts";
import { ticketsMetrics } from "../../../src/tickets/metrics.ts";
import { type HostileServer, hostileServer } from "./hostile-server.ts";

export const token = "ATATT-very-secret-token-0123456789";

export function openExample(url: string, change: Partial<JiraOptions> = {}): Jira {
  return openJira({ ...exampleOptions(url), ...change });
}

export function exampleOptions(url: string): JiraOptions {
  return {
    url,
    user: "bot",
    token,
    project: "IR",
    issueType: "Bug",
    resolveTransition: "Done",
    reopenTransition: "Reopen",
    wontFixResolution: "Won't Do",
    logger: pino({ enabled: false }),
    metrics: ticketsMetrics(new Registry()),
  };
}

export async function at(
  answer: Parameters<typeof hostileServer>[0],
  change: Partial<JiraOptions> = {},
): Promise<{ readonly jira: Jira; readonly server: HostileServer }> {
  const server = await hostileServer(answer);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { jira: openExample(server.url, change), server };
}

/** The error, which is a TrackerError and does not hold the token. */
export async function errorOf(promise: Promise<unknown>): Promise<TrackerError> {
  const error: unknown = await promise.then(
    () => new Error("it was accepted"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TrackerError)) throw error;
  const printed = `${inspect(error, { depth: 9 })}${String(error.stack)}${JSON.stringify(error)}${error.hint}`;
  expect(printed).not.toContain(token);
  expect(printed).not.toContain(Buffer.from(`bot:${token}`).toString("base64"));
  return error;
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
