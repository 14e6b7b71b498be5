/** Runs on a real engine and a real store while something else happens to their target: each ends as it is recorded. */
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Remediation } from "../../remediations/remediation.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { runLedger } from "../../src/healing/run-ledger.ts";
import { Runner } from "../../src/healing/runner.ts";
import type { RunSummary } from "../../src/incidents/incident.ts";
import type { Attempt } from "../../src/outbox/executor.ts";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { listRuns } from "../../src/store/runs/list.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { goodPermit } from "../fakes/permit.ts";
import { approving } from "../programs/approving.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";
import { becomes } from "../programs/proposals.ts";
import { silent, withStore } from "../programs/store.ts";
import { steppingClock } from "../remediations/stepping-clock.ts";

const hour = 3_600_000;
const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"];
let real: DockerEngine;

function restarting(app: string, clock: Clock = systemClock): Remediation {
  const target = { label: `app=${app}` };
  const config = restartContainer.config.parse({ target, grace_seconds: 1 });
  return restartContainer.create(config, { docker: openDocker({ socket: real.socket }), clock });
}

const container = (name: string, cmd?: readonly string[]): Promise<string> =>
  real.run({ name, labels: { app: name }, ...(cmd && { cmd }) });

const restartsOf = (id: string): number => real.restarts.filter((seen) => seen.id === id).length;

const fixNamed = (name: string): Fix => ({
  name,
  when: { features: ["credit_score"] },
  remediation: "restart-container",
  tier: "auto",
  mode: "auto",
  cooldownMs: 0,
  ...atMost(10, hour),
  concurrency: 2,
});

type Start = (
  fix: string,
  episode: string,
  attempt?: Partial<Attempt>,
) => Promise<RunSummary | undefined>;

/** Starts runs of these fixes as workers would, each for an incident of its own. */
function starting(store: Store, fixes: readonly string[], remediation: Remediation): Start {
  const runner = new Runner({
    fixes: fixes.map((name) => ({ fix: fixNamed(name), remediation })),
    ledger: runLedger(store, systemClock),
    clock: systemClock,
    logger: silent,
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs: () => undefined,
  });
  return async (fix, id, attempt = {}) => {
    const at = Date.now() * 1000;
    const incident = openIncident({
      id: `inc-${id}`,
      episode: episodeOpened({ id, at, newestRow: at }),
    });
    const given = { id, attempt: 1, unknown: false, mayAct: goodPermit, ...attempt };
    return (await runner.start({ fix, episode: id }, incident, given)).run;
  };
}

describe.skipIf(!(await dockerTestable()))("on a real engine (A19, A22, A33)", () => {
  const stores = withStore();
  beforeAll(async () => {
    real = await startTestDocker();
  });
  afterAll(() => real.stop());

  it("a container that is made anew after a person was asked voids the approval", async () => {
    const first = await container("asked");
    const place = await approving(await stores.open(), { remediation: restarting("asked") });
    await place.open("e1");
    place.outbox.start();
    onTestFinished(() => place.outbox.stop());
    await becomes(place, "proposed");
    await real.remove(first);
    const second = await container("asked");
    expect(await place.say("dw approve")).toContain("sarah approved");
    await becomes(place, "void");
    expect((await place.run())?.detail).toContain("the container's id was");
    expect(restartsOf(first) + restartsOf(second)).toBe(0);
  });

  it("a container that is made anew between the decision and the act is left alone", async () => {
    const first = await container("decided");
    const store = await stores.open();
    const start = starting(store, ["restart-svc"], restarting("decided"));
    let second = "";
    const mayAct: Attempt["mayAct"] = async () => {
      await real.remove(first);
      second = await container("decided");
      return goodPermit();
    };
    expect(await start("restart-svc", "e1", { mayAct })).toMatchObject({ status: "failed" });
    expect((await listRuns(store)).items).toMatchObject([{ status: "failed", targetId: first }]);
    expect(restartsOf(second)).toBe(0);
  });

  it("an engine that dies in the middle leaves a run of unknown outcome, which is never repeated", async () => {
    const id = await container("orphaned", stubborn);
    const store = await stores.open();
    const start = starting(store, ["restart-svc"], restarting("orphaned", steppingClock()));
    const killed = new Promise<void>((resolve, reject) => {
      const filters = { container: [id], event: ["kill"] };
      watchEvents(real.socket, filters, () => resolve()).catch(reject);
    });
    const acting = start("restart-svc", "e1");
    await killed;
    await real.kill();
    expect(await acting).toMatchObject({ status: "unknown" });
    await real.restart();
    const before = real.restarts.length;
    const again = await start("restart-svc", "e1", { attempt: 2, unknown: true });
    expect(again).toMatchObject({ status: "unknown" });
    expect(real.restarts).toHaveLength(before);
    expect((await listRuns(store)).items).toMatchObject([{ status: "unknown", targetId: id }]);
  });

  it.each([
    ["three wishes at once", ["one", "one", "one"]],
    ["two fixes at once", ["one", "two"]],
  ])(
    "%s restart a target once; the others are denied by the gate that saw it",
    async (what, fixes) => {
      const name = what.replaceAll(" ", "-");
      const id = await container(name);
      const store = await stores.open();
      const remediation = restarting(name);
      const inTheAct = waiting();
      const held: Remediation = {
        ...remediation,
        act: async (target, mayAct) => {
          await inTheAct.released;
          return remediation.act(target, mayAct);
        },
      };
      const start = starting(store, [...new Set(fixes)], held);
      const runs = Promise.all(fixes.map((fix, n) => start(fix, `e${n}`)));
      await eventually(async () =>
        expect((await listRuns(store)).items).toHaveLength(fixes.length),
      );
      inTheAct.release();
      const statuses = (await runs).map((run) => `${run?.status} ${run?.gate ?? ""}`.trim());
      const others = fixes.slice(1).map(() => "denied concurrency");
      expect(statuses.toSorted()).toEqual(["acted", ...others]);
      await eventually(() => expect(restartsOf(id)).toBe(1));
      const { items } = await listRuns(store);
      expect(items.filter(({ detail }) => / acts on .* now\.$/.test(detail))).toHaveLength(
        others.length,
      );
    },
  );
});

const nothing = (): void => undefined;

function waiting(): { readonly released: Promise<void>; readonly release: () => void } {
  let release = nothing;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { released, release: () => release() };
}
