import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** The story gives up by itself after 30 minutes, and then says what it waited for. */
const timeoutMs = 31 * 60_000;

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;

it(
  "tells the demo's story with nothing missed, nothing false, nothing harmless tripped, one restart that did not help, and every person answered",
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, "demo", "--json"]);
    const lines = stdout.trim().split("\n");
    const events = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(events.at(-1)).toEqual({
      scorecard: {
        injected: 3,
        detected: 3,
        missed: 0,
        false_tickets: 0,
        harmless: 2,
        harmless_silent: 2,
        runs: 1,
        outcomes_told: 1,
        asked: 7,
        answered: 7,
        reopened: 1,
        delay_points: 1,
      },
    });
    const bodies = events.map((event) => JSON.stringify(event["body"] ?? ""));
    expect(bodies.filter((body) => body.includes("did not help"))).toHaveLength(1);
    const resolved = events.filter((event) => event["event"] === "issue_resolved");
    expect(resolved.map((event) => event["ticket"])).toEqual(
      expect.arrayContaining(["IR-1", "IR-2", "IR-3"]),
    );
  },
  timeoutMs,
);
