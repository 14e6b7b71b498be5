/** Bad input stops nothing: it is logged with a code and a hint, it is counted, and nothing else is lost. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runCommand } from "../programs/command.ts";
import { eventually } from "../programs/eventually.ts";
import { metric as metricsLike } from "../programs/gauges.ts";
import { install } from "../programs/installation.ts";
import { sql } from "../programs/postgres.ts";
import { startVanishingEngine } from "../programs/vanishing-engine.ts";
import { badCommands, layOut } from "./bad-input/commands.ts";
import {
  metric,
  restart,
  startEnvironment,
  type TestEnvironment,
  told,
  unready,
  untilReady,
  withoutPermission,
} from "./bad-input/environment.ts";
import { badJira, badTables, noPermission, noSocket, vanishes } from "./bad-input/faults.ts";
import { fedModel } from "./bad-input/feed.ts";
import { hostileNames } from "./bad-input/names.ts";
import { badRows, good } from "./bad-input/rows.ts";

const named = hostileNames.map((row, index) => ({
  ...row,
  model: fedModel(`named-${index}`, row.name),
}));

let environment: TestEnvironment;
let second: Awaited<ReturnType<typeof withoutPermission>>;

/** Starts an engine. @returns the path of its socket, which a daemon without permission cannot open */
async function closedSocket(): Promise<string> {
  const socket = join(environment.folder, "closed.sock");
  const engine = await startVanishingEngine(socket);
  environment.lifecycle.onStop("closed engine", () => engine.stop());
  return socket;
}

beforeAll(async () => {
  const faulty = [noSocket, vanishes, ...badJira].map(({ model }) => model);
  environment = await startEnvironment([good, ...named.map(({ model }) => model), ...faulty]);
  await untilReady(environment.daemon, "source:main");
  // The daemon asks an engine a few times before it refuses a run. Meanwhile the test tries other rows.
  await environment.feed.collapse(noSocket.model);
  const socket = await closedSocket();
  second = await withoutPermission(environment, { model: noPermission.model, socket });
  await untilReady(second.daemon, "source:main");
  await second.feed.collapse(noPermission.model);
});

afterAll(() => environment.lifecycle.stop());

function saysSo(code: string, hint: string): void {
  const said = told(environment.daemon).filter((error) => error.code === code);
  expect(said.map((error) => error.hint)).toContainEqual(expect.stringContaining(hint));
}

describe("a row that cannot be right", () => {
  it.each(badRows)("$what is counted, said once, and goes by", async (row) => {
    await environment.feed.run(row.sql);
    const [series, atLeast] = row.counter;
    await eventually(async () =>
      expect(await metric(environment.daemon, series)).toBeGreaterThanOrEqual(atLeast),
    );
    saysSo(row.code, row.hint);
    const same = told(environment.daemon).filter(
      ({ code, hint }) => code === row.code && hint.includes(row.hint),
    );
    expect(same).toHaveLength(1);
  });
});

describe("a source that cannot be read", () => {
  it.each(badTables)("$what is said where people look, and read once mended", async (row) => {
    const part = `source:${row.source}`;
    const [series, atLeast] = row.counter;
    await eventually(async () => {
      expect(await metric(environment.daemon, series)).toBeGreaterThanOrEqual(atLeast);
      expect(await unready(environment.daemon, part)).toContain(row.hint);
    });
    const polls = await metric(
      environment.daemon,
      `driftwarden_source_polls_total{source="${row.source}"}`,
    );
    expect(polls).toBeGreaterThanOrEqual(await metric(environment.daemon, series));
    saysSo(row.code, row.hint);
    await sql(environment.source.url, row.mend);
  });
});

describe("a feature's name", () => {
  beforeAll(async () => {
    for (const { model } of named) await environment.feed.collapse(model);
  });

  it.each(named)("with $what stands harmless on its ticket", async ({ model, titled, written }) => {
    await eventually(() => expect(environment.tickets(model)).toHaveLength(1));
    const [ticket] = environment.tickets(model);
    expect(ticket?.summary).toContain(titled);
    expect(ticket?.summary).toMatch(/^(?=.{1,79}$).* lost its influence \(\S+ % → \S+ %\)$/u);
    expect(ticket?.description).toContain(written);
    expect(ticket?.description).toContain(`driftwarden marker ${model.name} retrain`);
    expect(ticket?.description.length).toBeLessThan(3000);
  });
});

const badEngines = [
  { ...noSocket, arrange: () => Promise.resolve() },
  {
    ...vanishes,
    arrange: async () => {
      const engine = await startVanishingEngine(environment.socket);
      environment.lifecycle.onStop("engine", () => engine.stop());
      await environment.feed.collapse(vanishes.model);
    },
  },
];

describe("the container engine", () => {
  it.each(badEngines)("with $what is counted, and the ticket says what to do", async (row) => {
    await row.arrange();
    await eventually(async () => {
      for (const one of row.series)
        expect(await metric(environment.daemon, one)).toBeGreaterThan(0);
      const said = environment.tickets(row.model).map(({ description }) => description);
      expect(said).toContainEqual(expect.stringContaining(row.hint));
    });
  });
});

describe("a container engine whose socket the daemon may not open", () => {
  it("is counted, and the run says what to do; two signals end even that daemon at once", async () => {
    const { series, code, hint } = noPermission;
    const { daemon } = second;
    await eventually(async () => {
      for (const one of series) expect(await metric(daemon, one)).toBeGreaterThan(0);
    });
    expect(told(daemon)).toContainEqual({ code, hint: expect.stringContaining(hint) });
    const runs = await (await fetch(`${daemon.url}/api/v1/runs`)).text();
    expect(runs).toContain(hint);
    // Both signals are delivered before the daemon can act on the first.
    for (const signal of ["SIGSTOP", "SIGTERM", "SIGINT", "SIGCONT"] as const) {
      process.kill(daemon.pid, signal);
    }
    expect([130, 143]).toContain(await daemon.stop());
  });
});

describe("Jira", () => {
  it.each(badJira)("with $what loses no incident: mended, the ticket comes", async (row) => {
    row.fault(environment.jiraSite);
    await environment.feed.collapse(row.model);
    const counted = new RegExp(`^driftwarden_tracker_requests_total\\{.*outcome="${row.code}"`);
    await eventually(async () =>
      expect(await metricsLike(environment.daemon, counted)).toBeGreaterThan(0),
    );
    await eventually(() => saysSo(row.code, row.hint));
    expect(environment.tickets(row.model)).toEqual([]);
    row.mend(environment.jiraSite);
    await restart(environment);
    await eventually(() => expect(environment.tickets(row.model)).toHaveLength(1));
  });
});

describe("a broker that cannot be reached", () => {
  it("ends the start with 75 within startup_timeout, and says what to do", async () => {
    const configFile = join(environment.folder, "kafka.yaml");
    const kafka = 'stream: {kafka: {brokers: ["127.0.0.1:1"], topic: t}}';
    const text = `store: {url: "${environment.store.url}", schema: third}\nsources: {main: {}}\n${kafka}
startup_timeout: 2s\nhttp: {listen: "127.0.0.1:0"}\n`;
    await writeFile(configFile, text);
    const { code, err } = await runCommand(["run", "--config", configFile]);
    expect(code).toBe(75);
    expect(err).toMatch(/^error: .*127\.0\.0\.1:1/m);
    expect(err).toContain("\ncode: DW_STREAM_UNREACHABLE\n");
    expect(err).toMatch(/^hint: Check that the brokers are up/m);
  });
});

describe("the embedded Postgres", () => {
  it("starts as npm ci --ignore-scripts left it, without its links", async () => {
    const installed = await install("linkless");
    onTestFinished(() => installed.remove());
    const script = `import { startPostgres } from "./dist/src/sandbox/postgres.js";
      const server = await startPostgres();
      await server.stop();`;
    const { code, err } = await runCommand(["--input-type=module", "-e", script], {
      cwd: installed.folder,
      program: "--no-warnings",
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  it("that is not made for a platform ends the demo with one line that says what to do", async () => {
    const installed = await install("absent");
    onTestFinished(() => installed.remove());
    const { code, err } = await runCommand(["demo"], { program: installed.program });
    expect(code).toBe(1);
    expect(err).toContain("\ncode: DW_SANDBOX_POSTGRES_MISSING\n");
    expect(err).toMatch(/^hint: .*store\.url/m);
  });
});

describe("after all of it", () => {
  it("every source is read, a collapse still opens its ticket, and the daemon ends well", async () => {
    for (const { source } of badTables) {
      await untilReady(environment.daemon, `source:${source}`);
    }
    await environment.feed.collapse(good);
    await eventually(() => expect(environment.tickets(good)).toHaveLength(1));
    expect(await metric(environment.daemon, "driftwarden_store_bytes")).toBeGreaterThan(0);
    expect(await environment.daemon.stop()).toBe(0);
  });
});

describe("a command", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "driftwarden-bad-command-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.concurrent.each(badCommands)("with $what ends with $exit and $code", async (row) => {
    const { code, err } = await runCommand(row.args, { cwd: await layOut(folder, row) });
    expect(code).toBe(row.exit);
    expect(err).toContain(`\ncode: ${row.code}\n`);
    for (const words of row.says) expect(err).toContain(words);
    const hint = /^hint: (.*)$/m.exec(err)?.[1];
    expect(hint).toContain(row.hint);
  });
});
