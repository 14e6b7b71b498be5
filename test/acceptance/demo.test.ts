import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** The demo ends by itself after 30 minutes, and then prints what it waited for. */
const timeoutMs = 31 * 60_000;

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;

it(
  "tells the demo's story with nothing missed, nothing false, nothing harmless tripped, a restart that helps, two that do not and escalate, three refused, and every person answered (A2, C10)",
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, "demo", "--json"]);
    const lines = stdout.trim().split("\n");
    const events = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(events.at(-1)).toEqual({
      scorecard: {
        injected: 5,
        detected: 5,
        missed: 0,
        false_tickets: 0,
        harmless: 2,
        harmless_silent: 2,
        runs: 3,
        outcomes_told: 3,
        refused: 3,
        asked: 8,
        answered: 8,
        reopened: 1,
        delay_points: 1,
      },
    });
    const bodies = events.map((event) => JSON.stringify(event["body"] ?? ""));
    expect(bodies.filter((body) => body.includes("did not help"))).toHaveLength(2);
    const resolved = events.filter((event) => event["event"] === "issue_resolved");
    expect(resolved.map((event) => event["ticket"])).toEqual(
      expect.arrayContaining(["IR-1", "IR-2", "IR-3"]),
    );
  },
  timeoutMs,
);
