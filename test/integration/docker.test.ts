/** The remediation and its adapter on a real engine. What happened is read from the engine, not from our own word. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import type { Remediation, Target } from "../../remediations/remediation.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import type { ContainerSpec, DockerEngine } from "../../src/sandbox/dockerd.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";
import { steppingClock } from "../remediations/stepping-clock.ts";

let real: DockerEngine;
let engine: Engine;

const withId = z.object({ Id: z.string() });
const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"];

function restarting(app: string, clock: Clock = systemClock, own: object = {}): Remediation {
  const config = restartContainer.config.parse({
    target: { label: `app=${app}` },
    grace_seconds: 1,
    ...own,
  });
  return restartContainer.create(config, { docker: engine, clock });
}

/** A container labelled after its name, and the target that its label resolves to. */
async function running(spec: ContainerSpec): Promise<Target> {
  await real.run({ labels: { app: spec.name }, ...spec });
  const [target] = await restarting(spec.name).resolve();
  if (target === undefined) throw new Error(`${spec.name} does not resolve`);
  return target;
}

const binds = (...given: readonly string[]) => ({ HostConfig: { Binds: given } });

const compose = (project: string, service: string, needs = "") => ({
  "com.docker.compose.project": project,
  "com.docker.compose.service": service,
  "com.docker.compose.depends_on": needs,
});

const restartsOf = (target: Target): number =>
  real.restarts.filter(({ id }) => id === target.id).length;

describe.skipIf(!(await dockerTestable()))("on a real Docker engine", () => {
  beforeAll(async () => {
    real = await startTestDocker();
    engine = openDocker({ socket: real.socket });
  });

  afterAll(() => real.stop());

  describe("compare and act", () => {
    it("restarts once: same id, another started-at, seen by the engine", async () => {
      const target = await running({ name: "once" });
      const result = await restarting("once").act(target);
      expect(result.status).toBe("done");
      const after = await engine.inspect(target.id);
      expect(after?.startedAt).not.toBe(target.snapshot["started_at"]);
      expect(result).toMatchObject({ after: { started_at: after?.startedAt } });
      await eventually(() => expect(restartsOf(target)).toBe(1));

      expect((await restarting("once").act(target)).status).toBe("changed");
      expect((await restarting("once").lookUp(target)).status).toBe("done");
      expect((await engine.inspect(target.id))?.startedAt).toBe(after?.startedAt);
    });

    it("kills what ignores the polite signal, after its grace", async () => {
      const target = await running({ name: "stubborn", cmd: stubborn });
      const begin = performance.now();
      expect((await restarting("stubborn").act(target)).status).toBe("done");
      expect(performance.now() - begin).toBeGreaterThan(900);
    });

    it("leaves a container alone that was made anew under the same name", async () => {
      const target = await running({ name: "anew" });
      await real.remove(target.id);
      const recreated = await running({ name: "anew" });
      expect((await restarting("anew").act(target)).status).toBe("changed");
      expect((await engine.inspect(recreated.id))?.startedAt).toBe(
        recreated.snapshot["started_at"],
      );
      expect(await restarting("anew").health(target)).toBe("gone");
    });

    it("finds a label only where it is, and nothing for an empty one", async () => {
      const target = await running({ name: "labelled" });
      expect(await engine.list(["app=labelled"])).toEqual([
        { id: target.id, name: "labelled", state: "running" },
      ]);
      expect(await engine.list(["app=label"])).toEqual([]);
      expect(await engine.list([])).toEqual([]);
    });
  });

  describe("the refuse list", () => {
    it.each<[string, Omit<ContainerSpec, "name">, string]>([
      ["a database's image", { image: "postgres:16" }, "postgres:16"],
      ["a database's settings", { create: { Env: ["POSTGRES_PASSWORD=x"] } }, "POSTGRES_PASSWORD"],
      ["a database's place for data", { create: { Volumes: { "/data/db": {} } } }, "/data/db"],
      ["what is removed when it stops", { create: { HostConfig: { AutoRemove: true } } }, "--rm"],
    ])("refuses %s", async (_what, spec, word) => {
      await real.api("POST /images/busybox:local/tag?repo=postgres&tag=16");
      const name = `refused-${word.replace(/\W/g, "")}`;
      expect((await running({ name, ...spec })).refusal).toContain(word);
    });

    it("refuses a database's image that was started by its digest", async () => {
      const { Id: image } = withId.parse(await real.api("GET /images/postgres:16/json"));
      expect((await running({ name: "by-digest", image })).refusal).toContain("postgres:16");
    });

    it("refuses what is paused, also when it is paused after the decision", async () => {
      const target = await running({ name: "paused" });
      await real.api("POST /containers/paused/pause");
      expect((await restarting("paused").resolve())[0]?.refusal).toContain("paused");
      expect((await restarting("paused").act(target)).status).toBe("changed");
      expect((await engine.inspect(target.id))?.state).toBe("paused");
    });
  });

  describe("FR-H2: what a container is", () => {
    it.each<[string, Omit<ContainerSpec, "name">]>([
      ["words of its image's name", { image: "confluentinc/cp-kafka:7.6.0" }],
      [
        "the program behind a shell",
        {
          cmd: ["sh", "-c", "redis-server; exec env A=1 sh -c 'trap exit TERM; sleep 3600 & wait'"],
        },
      ],
      [
        "a named volume where a database keeps data",
        { create: binds("kafka:/var/lib/kafka/data") },
      ],
      [
        "a well-known port together with a volume",
        { create: { ExposedPorts: { "6379/tcp": {} }, Volumes: { "/srv/files": {} } } },
      ],
    ])("refuses a database by %s, whoever allows it", async (what, spec) => {
      await real.api("POST /images/busybox:local/tag?repo=confluentinc/cp-kafka&tag=7.6.0");
      const name = what.replaceAll(/\W/g, "-");
      const target = await running({ name, ...spec });
      expect(target.refusal).toContain("fail it over");
      const allowing = restarting(name, systemClock, { allow_stateful: name });
      expect((await allowing.resolve())[0]?.refusal).toBe(target.refusal);
      expect((await allowing.act(target)).status).toBe("changed");
      expect((await engine.inspect(target.id))?.startedAt).toBe(target.snapshot["started_at"]);
    });

    it("restarts what keeps other data on a person's word alone", async () => {
      const target = await running({ name: "uploads", create: binds("uploads:/uploads") });
      expect(target.refusal).toContain("`allow_stateful: uploads`");
      expect((await restarting("uploads").act(target)).status).toBe("changed");
      const allowing = restarting("uploads", systemClock, { allow_stateful: "uploads" });
      expect((await allowing.act(target)).status).toBe("done");
    });

    it.each([
      ["an exporter's image", { image: "prom/postgres-exporter:1" }],
      ["data that it may only read", { create: binds("/tmp:/var/lib/mysql:ro") }],
      ["a volume for its cache", { create: binds("cache:/root/.cache") }],
      ["a client's settings", { create: { Env: ["POSTGRES_PASSWORD=x", "POSTGRES_HOST=db"] } }],
    ])("lets %s pass", async (what, spec) => {
      await real.api("POST /images/busybox:local/tag?repo=prom/postgres-exporter&tag=1");
      const name = what.replaceAll(/\W/g, "-");
      expect((await running({ name, ...spec })).refusal).toBeUndefined();
    });
  });

  describe("what depends on a target", () => {
    it("is what lives in its network, and what came since the decision keeps it from the act", async () => {
      const target = await running({ name: "lender" });
      expect(target.dependants).toEqual([]);
      const HostConfig = { NetworkMode: "container:lender" };
      await real.run({ name: "borrower", create: { HostConfig } });
      const [now] = await restarting("lender").resolve();
      expect(now?.dependants).toEqual([{ name: "borrower", by: "network" }]);
      expect(await restarting("lender").act(target)).toMatchObject({
        status: "changed",
        detail: "dependants of lender was nothing and is borrower (network).",
      });
      expect((await engine.inspect(target.id))?.startedAt).toBe(target.snapshot["started_at"]);
    });

    it("is what its compose file says, in the same project, as long as it runs", async () => {
      const needsApi = "db:service_healthy:true,api:service_started:false";
      const labels = { app: "shop-api", ...compose("shop", "api") };
      await real.run({ name: "shop-api", labels });
      await real.run({ name: "shop-api-2", labels: compose("shop", "api") });
      await real.run({ name: "shop-web", labels: compose("shop", "web", needsApi) });
      await real.run({ name: "other-web", labels: compose("other", "web", needsApi) });
      const gone = await real.run({ name: "shop-job", labels: compose("shop", "job", needsApi) });
      await real.api(`POST /containers/${gone}/kill`);
      const [target] = await restarting("shop-api").resolve();
      expect(target?.dependants).toEqual([{ name: "shop-web", by: "depends_on" }]);
      expect(target?.siblings).toEqual({ others: 1, healthy: 1 });
    });
  });

  describe("a choice", () => {
    it("FR-H4: is ambiguous when several are not one service, and prefers what runs", async () => {
      await real.run({ name: "twin-1", labels: { app: "twin", ...compose("shop", "api") } });
      const second = await real.run({
        name: "twin-2",
        labels: { app: "twin", ...compose("blog", "api") },
      });
      const twins = await restarting("twin").resolve();
      expect(twins.map(({ name, snapshot, is }) => [name, snapshot, is])).toEqual(
        expect.arrayContaining([
          ["twin-1", {}, "service shop/api, image busybox:local"],
          ["twin-2", {}, "service blog/api, image busybox:local"],
        ]),
      );
      await real.api(`POST /containers/${second}/kill`);
      expect(await restarting("twin").resolve()).toMatchObject([{ name: "twin-1" }]);
    });
  });

  describe("health", () => {
    it("goes from starting to healthy to unhealthy with the container's own check", async () => {
      const health = { cmd: "test ! -e /ill", intervalMs: 200 };
      const target = await running({ name: "checked", health });
      const remediation = restarting("checked");
      expect(await remediation.health(target)).toBe("starting");
      const becomes = (expected: string): Promise<unknown> =>
        eventually(async () => expect(await remediation.health(target)).toBe(expected));
      await becomes("healthy");
      const body = { Cmd: ["touch", "/ill"] };
      const { Id } = withId.parse(await real.api("POST /containers/checked/exec", { body }));
      await real.api(`POST /exec/${Id}/start`, { body: { Detach: true } });
      await becomes("unhealthy");
    });
  });

  describe("what goes wrong", () => {
    it("sends no id that is another verb", async () => {
      const target = await running({ name: "injected" });
      await expect(
        engine.restart(`${target.id}/kill?x=`, { graceSeconds: 0 }),
      ).rejects.toMatchObject({
        code: "DW_DOCKER_REFUSED",
      });
      expect((await engine.inspect(target.id))?.state).toBe("running");
    });

    it("says that a container vanished", async () => {
      const target = await running({ name: "vanished" });
      await real.remove(target.id);
      expect((await restarting("vanished").act(target)).status).toBe("changed");
      await expect(engine.restart(target.id, { graceSeconds: 0 })).rejects.toMatchObject({
        code: "DW_DOCKER_GONE",
        maybeApplied: false,
      });
    });

    it("settles when the container is removed in the middle of its restart", async () => {
      const target = await running({ name: "removed", cmd: stubborn });
      const acting = restarting("removed", steppingClock()).act(target);
      await killSent(target);
      await real.remove(target.id);
      expect(["failed", "unknown", "changed"]).toContain((await acting).status);
      expect(await restarting("removed").health(target)).toBe("gone");
    });

    it("is unknown, never repeated, when the engine dies in the middle of a restart", async () => {
      const target = await running({ name: "orphaned", cmd: stubborn });
      const acting = restarting("orphaned", steppingClock()).act(target);
      await killSent(target);
      await real.kill();
      expect((await acting).status).toBe("unknown");
      expect((await restarting("orphaned", steppingClock()).lookUp(target)).status).toBe("unknown");
      await expect(restarting("orphaned").resolve()).rejects.toMatchObject({
        code: "DW_DOCKER_UNREACHABLE",
      });
      await real.restart();
      expect((await restarting("orphaned", steppingClock()).lookUp(target)).status).not.toBe(
        "unknown",
      );
    });
  });
});

/** The engine has taken the restart and told the container to stop. */
function killSent(target: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const filters = { container: [target.id], event: ["kill"] };
    watchEvents(real.socket, filters, () => resolve()).catch(reject);
  });
}
