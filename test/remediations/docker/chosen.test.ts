import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import type { Remediation, Target } from "../../../remediations/remediation.ts";
import { restartContainer } from "../../../remediations/restart-container.ts";
import { judgeAll } from "../../../src/healing/gates/gates.ts";
import { target as targetGate } from "../../../src/healing/gates/target.ts";
import { atMost } from "../../fakes/limits.ts";
import { steppingClock } from "../stepping-clock.ts";
import { type FakeEngine, fakeId, inspection, json, startFakeEngine } from "./fake-engine.ts";

let fake: FakeEngine;
const otherId = "b".repeat(64);
const Labels = { app: "my-service" };

beforeEach(async () => {
  fake = await startFakeEngine();
  fake.on("/restart", (_request, response) => void response.writeHead(204).end());
});

afterEach(() => fake.close());

function restarting(own: object = {}): Remediation {
  const engine = openDocker({ socket: fake.socket });
  const config = restartContainer.config.parse({ target: { label: "app=my-service" }, ...own });
  return restartContainer.create(config, { docker: engine, clock: steppingClock() });
}

async function onlyTarget(remediation: Remediation): Promise<Target> {
  const [target, ...more] = await remediation.resolve();
  if (target === undefined || more.length > 0) throw new Error("expected exactly one target");
  return target;
}

const asked = (part: string): readonly string[] =>
  fake.requests.filter((request) => request.includes(part));

const shown = (config: object): object =>
  inspection({ Config: { Image: "shop/api:1", Labels, Env: [], ...config } });

const firstId = "0".repeat(64);

const inCompose = (service: string): Readonly<Record<string, string>> => ({
  ...Labels,
  "com.docker.compose.project": "shop",
  "com.docker.compose.service": service,
});

/** A list of containers that all carry the label. */
const many = (states: readonly string[]): object[] =>
  states.map((State, place) => ({
    Id: place.toString(16).padStart(64, "0"),
    Names: [`/svc-${place}`],
    Labels,
    State,
  }));

describe("FR-H4: an engine whose answers do not fit what was asked", () => {
  it("is not believed when it answers for one container with another: nobody is restarted", async () => {
    const remediation = restarting();
    const target = await onlyTarget(remediation);
    fake.on(`/${fakeId}/json`, json(inspection({ Id: otherId })));
    await expect(remediation.resolve()).rejects.toMatchObject({ code: "DW_DOCKER_PROTOCOL" });
    await expect(remediation.health(target)).rejects.toMatchObject({ code: "DW_DOCKER_PROTOCOL" });
    expect((await remediation.act(target)).status).toBe("failed");
    expect((await remediation.lookUp(target)).status).toBe("unknown");
    expect(asked("POST")).toEqual([]);
  });

  it("is not believed when it answers for one image with another", async () => {
    const Image = `sha256:${"d".repeat(64)}`;
    fake.on(`/${fakeId}/json`, json(shown({ Image })));
    const names = { RepoTags: ["shop/api:1"], RepoDigests: null };
    fake.on("/images/sha256:", json({ Id: `sha256:${"e".repeat(64)}`, ...names }));
    await expect(restarting().resolve()).rejects.toMatchObject({ code: "DW_DOCKER_PROTOCOL" });
    for (const Id of [Image, "d".repeat(64)]) {
      fake.on("/images/sha256:", json({ Id, ...names }));
      expect((await onlyTarget(restarting())).refusal).toBeUndefined();
    }
  });

  it.each([{}, { app: "other" }, { App: "my-service" }, null])(
    "chooses nothing when the inspection shows the labels %j",
    async (labels) => {
      fake.on(`/${fakeId}/json`, json(shown({ Labels: labels })));
      expect(await restarting().resolve()).toEqual([]);
    },
  );

  it("does not act when the labels are others right before the act", async () => {
    const remediation = restarting();
    const target = await onlyTarget(remediation);
    fake.on(`/${fakeId}/json`, json(shown({ Labels: { app: "other" } })));
    expect(await remediation.act(target)).toEqual({
      status: "changed",
      detail: "svc-1 no longer carries app=my-service.",
    });
    expect(asked("POST")).toEqual([]);
  });

  it("checks every label of a compose service", async () => {
    const service = { "com.docker.compose.service": "api", "com.docker.compose.project": "shop" };
    fake.on("/containers/json", json([{ Id: fakeId, Names: ["/svc-1"], Labels: service }]));
    const target = { compose_service: "api", compose_project: "shop" };
    fake.on(`/${fakeId}/json`, json(shown({ Labels: service })));
    expect(await restarting({ target }).resolve()).toHaveLength(1);
    const another = { ...service, "com.docker.compose.project": "blog" };
    fake.on(`/${fakeId}/json`, json(shown({ Labels: another })));
    expect(await restarting({ target }).resolve()).toEqual([]);
  });
});

describe("FR-H4: what a choice asks of the engine", () => {
  it("knows from the list alone that three hundred matches are ambiguous", async () => {
    fake.on("/containers/json", json(many(Array.from({ length: 300 }, () => "running"))));
    const remediation = restarting();
    const targets = await remediation.resolve();
    expect(targets).toHaveLength(300);
    expect(asked("/containers/")).toHaveLength(1);
    const fix = { name: "f", tier: "auto", cooldownMs: 0, ...atMost(1, 1) } as const;
    const facts = {
      nowMs: 0,
      fix,
      freeze: undefined,
      restoredAtMs: undefined,
      newestRowMs: 0,
      cadenceMs: undefined,
      warmUp: undefined,
    };
    expect(judgeAll([targetGate], { ...facts, targets })).toMatchObject({
      reason: expect.stringContaining("svc-4 and 295 more"),
    });
  });

  it.each([
    ["another image", { Image: `sha256:${"e".repeat(64)}` }],
    ["another compose service", { Config: { Image: "shop/api:1", Labels: inCompose("web") } }],
    [
      "a one-off of a service",
      {
        Config: {
          Image: "shop/api:1",
          Labels: { ...inCompose("api"), "com.docker.compose.oneoff": "True" },
        },
      },
    ],
    ["labels that the list did not show", { Config: { Image: "shop/api:1", Labels: {} } }],
  ])("never acts on one of several when one has %s, whoever asks for it", async (_what, other) => {
    fake.on("/containers/json", json([...many(["running"]), { Id: fakeId, Labels }]));
    fake.on(`/${fakeId}/json`, json(shown({ Labels: inCompose("api") })));
    fake.on(`/${firstId}/json`, json(inspection({ Id: firstId, Name: "/svc-0", ...other })));
    const remediation = restarting();
    const targets = await remediation.resolve();
    expect(targets.map(({ is, replicaOf }) => [is, replicaOf])).toEqual([
      [expect.stringContaining("image shop/api:1"), undefined],
      ["service shop/api, image shop/api:1", undefined],
    ]);
    for (const target of targets) expect((await remediation.act(target)).status).toBe("changed");
    expect(asked("POST")).toEqual([]);
  });

  it.each([
    ["a compose service", inCompose("api"), "api"],
    ["the label that chose them, and no compose service", Labels, "my-service"],
  ])(
    "finds replicas of one service by their image and %s, by name",
    async (_what, own, service) => {
      fake.on("/containers/json", json([{ Id: fakeId, Labels }, ...many(["running"])]));
      fake.on(`/${fakeId}/json`, json(shown({ Labels: own })));
      const Config = { Image: "shop/api:1", Labels: own };
      const Health = { Status: "unhealthy" };
      const State = { Status: "running", StartedAt: "2026-03-01T12:00:00Z", Health };
      fake.on(`/${firstId}/json`, json(inspection({ Id: firstId, Name: "/svc-0", State, Config })));
      const targets = await restarting().resolve();
      expect(targets.map(({ name, healthy, siblings }) => [name, healthy, siblings])).toEqual([
        ["svc-0", false, { others: 1, healthy: 1 }],
        ["svc-1", true, { others: 1, healthy: 0 }],
      ]);
      expect(new Set(targets.map(({ replicaOf }) => replicaOf?.key)).size).toBe(1);
      expect(targets[0]?.replicaOf?.service).toBe(service);
    },
  );

  it("lists twice and inspects once for a single match", async () => {
    await onlyTarget(restarting());
    expect(asked("/containers/json")).toHaveLength(2);
    expect(asked(`/${fakeId}/json`)).toHaveLength(1);
  });

  it("leaves stopped leftovers out without an inspection", async () => {
    const leftovers = many(["exited", "created", "dead"]);
    const living = { Id: fakeId, Names: ["/svc-1"], Labels, State: "running" };
    fake.on("/containers/json", json([...leftovers, living]));
    expect(await onlyTarget(restarting())).toMatchObject({ name: "svc-1" });
    expect(asked("/json?").length + asked(`/${fakeId}/json`).length).toBe(3);
  });

  it("counts a container once that is listed twice", async () => {
    const entry = { Id: fakeId, Names: ["/svc-1"], Labels, State: "running" };
    fake.on("/containers/json", json([entry, entry]));
    expect(await onlyTarget(restarting())).toMatchObject({ name: "svc-1" });
  });
});

describe("FR-H2: allow_stateful of a fix", () => {
  const Mounts = [{ Type: "volume", Name: "uploads", Destination: "/uploads", RW: true }];
  const withVolume = (config: object = {}): object => ({ ...shown(config), Mounts });

  it("allows a restart of what keeps data, by the exact name", async () => {
    fake.on(`/${fakeId}/json`, json(withVolume()));
    expect((await onlyTarget(restarting())).refusal).toContain("`allow_stateful: svc-1`");
    const allowing = restarting({ allow_stateful: "svc-1" });
    const target = await onlyTarget(allowing);
    expect(target.refusal).toBeUndefined();
    await allowing.act(target);
    expect(asked("POST")).toHaveLength(1);
    expect((await restarting().act(target)).status).toBe("changed");
  });

  it("allows no database", async () => {
    fake.on(`/${fakeId}/json`, json(withVolume({ Image: "confluentinc/cp-kafka:7.6.0" })));
    const target = await onlyTarget(restarting({ allow_stateful: "svc-1" }));
    expect(target.refusal).toContain("fail it over");
  });

  it.each(["*", "svc-.*", "", "svc 1", "/svc-1"])("is no pattern: '%s' is refused", (given) => {
    const own = { target: { label: "app=my-service" }, allow_stateful: given };
    expect(restartContainer.config.safeParse(own).success).toBe(false);
  });
});
