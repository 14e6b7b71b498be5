import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { dockerTestable } from "../programs/docker.ts";
import { tried } from "../programs/nightly.ts";
import { asPromised } from "../sandbox/promised-scorecard.ts";

/** The demo ends by itself after 30 minutes, and then prints what it waited for. */
const timeoutMs = 31 * 60_000;

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;

interface Shown {
  readonly events: readonly Record<string, unknown>[];
  readonly said: string;
}

async function demo(...options: readonly string[]): Promise<Shown> {
  const args = [program, "demo", "--json", ...options];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  const lines = stdout.trim().split("\n");
  return { events: lines.map((line) => JSON.parse(line)), said: stderr };
}

/** The real one needs all that the simulated one needs, and an executor that is a process of its own. */
const engines = (await dockerTestable())
  ? (["simulated", "real"] as const)
  : (["simulated"] as const);

it.each(tried(engines, (engine) => engine === engines.at(-1)))(
  "tells the demo's story on a %s engine with nothing missed, nothing false, nothing harmless tripped, a restart that helps, two that do not and escalate, three refused, and every person answered (A2, B16, C10)",
  async (engine) => {
    const { events, said } = await demo(...(engine === "real" ? ["--docker"] : []));
    expect(events.at(-1)).toEqual({ scorecard: asPromised });
    const bodies = events.map((event) => JSON.stringify(event["body"] ?? ""));
    expect(bodies.filter((body) => body.includes("did not help"))).toHaveLength(2);
    const resolved = events.filter((event) => event["event"] === "issue_resolved");
    expect(resolved.map((event) => event["ticket"])).toEqual(
      expect.arrayContaining(["IR-1", "IR-2", "IR-3"]),
    );
    const executor = /^Executor +a process of its own \(pid \d+\) on \S+\/executor\.sock;/m;
    expect(executor.test(said)).toBe(engine === "real");
  },
  timeoutMs,
);
