/** Probes of containers on a real engine, a real store and a Jira of its own: each fault has one ticket, and it is over. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import type { ProbedService } from "../../../src/probes/service.ts";
import type { DockerEngine } from "../../../src/sandbox/dockerd.ts";
import { verifyJournal } from "../../../src/store/journal/verify.ts";
import type { Store } from "../../../src/store/store.ts";
import { dockerTestable, startTestDocker } from "../../programs/docker.ts";
import { allDone } from "../../programs/effects.ts";
import { eventually, until } from "../../programs/eventually.ts";
import { probed, startProbing, startTickets } from "../../programs/probing.ts";
import { withStore } from "../../programs/store.ts";

let real: DockerEngine;

const service = (name: string, given: Partial<ProbedService> = {}): ProbedService =>
  probed(name, { container: [`app=${name}`], ...given });
const run = (name: string, given: Partial<Parameters<DockerEngine["run"]>[0]> = {}) =>
  real.run({ name, labels: { app: name }, ...given });
const engine = () => openDocker({ socket: real.socket });

/** Fills its memory within its limit of 12 MB. */
const glutton = ["sh", "-c", "sleep 1; x=a; while :; do x=$x$x; done"];
const limit = { Memory: 12 * 1024 * 1024, MemorySwap: 12 * 1024 * 1024 };

interface Incident {
  readonly severity: string;
  readonly state: string;
  readonly kinds: readonly string[];
  readonly reason: string;
  readonly service: string;
}
const incidentsOf = (store: Store): Promise<readonly Incident[]> =>
  store.query<Incident>(`
    select severity, state, document -> 'kinds' as kinds, document -> 'episode' ->> 'reason' as reason,
      document -> 'service' ->> 'name' as service from incidents order by number`);
const becomes = (store: Store, wanted: Partial<Incident>) =>
  eventually(async () => {
    expect(await incidentsOf(store)).toContainEqual(expect.objectContaining(wanted));
  });

describe.skipIf(!(await dockerTestable()))("probes on a real engine (C15, C40)", () => {
  const stores = withStore();
  beforeAll(async () => {
    real = await startTestDocker();
  });
  afterAll(() => real.stop());

  it("a container that is killed for its memory has one ticket with its figures, and is over after a restart", async () => {
    const store = await stores.open();
    const jira = await startTickets(store);
    const id = await run("glutton", { cmd: glutton, create: { HostConfig: limit } });
    startProbing(store, [service("glutton")], { engine: engine() });
    await becomes(store, { severity: "P0", state: "open" });
    await until(async () => jira.issues().length > 0 && (await allDone(store)));
    const [ticket] = jira.issues();
    expect(ticket?.summary).toBe("[P0] glutton: was killed for its memory");
    const text = ticket?.description?.replaceAll("\\", "");
    expect(text).toMatch(
      /container glutton was killed for its memory at \S+ \S+ UTC, its limit is 12 MiB; it has ended with exit code 137/,
    );
    expect(text).toContain("infrastructure");
    expect(text).toContain("A restart alone meets the same limit again");
    await real.remove(id);
    await run("glutton");
    await becomes(store, { state: "resolved" });
    await until(async () => jira.issues()[0]?.status.name === "Done" && (await allDone(store)));
    expect(jira.issues()).toHaveLength(1);
    expect(await incidentsOf(store)).toMatchObject([{ kinds: ["oom"] }]);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it("a kill between two looks is seen, although its restart policy has started it again", async () => {
    const store = await stores.open();
    const policy = { ...limit, RestartPolicy: { Name: "on-failure" } };
    const once =
      "if [ -e /done ]; then sleep 3600; fi; touch /done; sleep 5; x=a; while :; do x=$x$x; done";
    const cmd = ["sh", "-c", once];
    await run("survivor", { cmd, create: { HostConfig: policy } });
    startProbing(store, [service("survivor", { startGraceMs: 2000 })], { engine: engine() });
    await becomes(store, { kinds: ["oom"] });
    await becomes(store, { kinds: ["oom"], state: "recovered" });
    expect(await incidentsOf(store)).toHaveLength(1);
  });

  it("a container that its policy restarts again and again has one incident of that kind", async () => {
    const store = await stores.open();
    const HostConfig = { RestartPolicy: { Name: "always" } };
    await run("looping", { cmd: ["sh", "-c", "sleep 0.3; exit 3"], create: { HostConfig } });
    startProbing(store, [service("looping")], { engine: engine() });
    await becomes(store, { kinds: ["restart_loop"] });
    const all = await incidentsOf(store);
    expect(all).toHaveLength(1);
    expect(all[0]?.reason).toMatch(/container looping was restarted \d+ times within 10 minutes/);
  });

  it("a container that ends by itself is down, one that a person stops is not, and neither is forgotten", async () => {
    const store = await stores.open();
    const crashing = ["sh", "-c", "sleep 2; exit 7"];
    await run("crashing", { cmd: crashing });
    const stopped = await run("stopped");
    await real.api(`POST /containers/${stopped}/stop?t=1`);
    const answers = new Map<string, number>();
    startProbing(store, [service("crashing"), service("stopped")], {
      engine: engine(),
      onAnswer: ({ service: { subject }, id }, { answer }) => {
        const key = `${subject.name} ${id} ${answer.status}`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
      },
    });
    await becomes(store, { service: "crashing", kinds: ["down"] });
    await until(async () => (answers.get("stopped container fine") ?? 0) > 5);
    const all = await incidentsOf(store);
    expect(all).toMatchObject([
      { service: "crashing", severity: "P0", reason: expect.stringContaining("exit code 7") },
    ]);
    expect(answers.get("stopped container failing")).toBeUndefined();
  });

  it("a container that is gone is down, and is over when it is there again", async () => {
    const store = await stores.open();
    const id = await run("leaving");
    startProbing(store, [service("leaving")], { engine: engine() });
    await until(async () => (await store.query("select from service_watches")).length > 0);
    await real.remove(id);
    await becomes(store, { kinds: ["down"], state: "open" });
    await run("leaving");
    await becomes(store, { state: "recovered" });
    expect(await incidentsOf(store)).toMatchObject([
      { reason: "no container has the label app=leaving" },
    ]);
  });

  it("a failing health check is a part that is broken, and is over when it passes", async () => {
    const store = await stores.open();
    const id = await run("sick", { health: { cmd: "test -e /well", intervalMs: 300 } });
    startProbing(store, [service("sick")], { engine: engine() });
    await becomes(store, { kinds: ["unhealthy"], severity: "P1", state: "open" });
    const exec = await real.api(`POST /containers/${id}/exec`, {
      body: { Cmd: ["touch", "/well"] },
    });
    const { Id } = z.object({ Id: z.string() }).parse(exec);
    await real.api(`POST /exec/${Id}/start`, { body: { Detach: true } });
    await becomes(store, { state: "recovered" });
    expect(await incidentsOf(store)).toHaveLength(1);
  });

  it("memory near the limit is P2 before the kernel kills anything", async () => {
    const store = await stores.open();
    const HostConfig = { Memory: 40 * 1024 * 1024, Tmpfs: { "/fill": "size=64m" } };
    const cmd = ["sh", "-c", "dd if=/dev/zero of=/fill/x bs=1M count=36; sleep 3600"];
    await run("full", { cmd, create: { HostConfig } });
    startProbing(store, [service("full")], { engine: engine() });
    await becomes(store, { kinds: ["memory"], severity: "P2" });
    expect((await incidentsOf(store))[0]?.reason).toMatch(
      /container full uses 9\d(\.\d)? % of its 40 MiB of memory \(threshold: 85 %\)/,
    );
  });

  it("an engine that is away is one incident, and not one for each service", async () => {
    const store = await stores.open();
    const names = ["one", "two", "three"];
    for (const name of names) await run(name);
    startProbing(
      store,
      names.map((name) => service(name)),
      { engine: engine() },
    );
    await until(
      async () => (await store.query("select from service_watches")).length === names.length + 1,
    );
    await real.kill();
    await becomes(store, { service: "container engine", severity: "P1", state: "open" });
    await real.restart();
    await becomes(store, { service: "container engine", state: "recovered" });
    expect((await incidentsOf(store)).map((one) => one.service)).toEqual(["container engine"]);
  });
});
