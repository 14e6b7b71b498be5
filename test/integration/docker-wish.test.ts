/** `dw restart` on a ticket, from the comment to the verified run, on a real store and a real engine. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { systemClock } from "../../src/clock.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { auditedLines } from "../../src/store/journal/audited.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { type Approving, approving } from "../programs/approving.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { record } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { becomes, recording } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

let real: DockerEngine;

describe.skipIf(!(await dockerTestable()))("dw restart on a real engine (B15, B16, B62)", () => {
  const stores = withStore();
  beforeAll(async () => {
    real = await startTestDocker();
  });
  afterAll(() => real.stop());

  async function onIncident(service: string): Promise<Approving> {
    const config = restartContainer.config.parse({
      target: { compose_service: service },
      grace_seconds: 1,
    });
    const docker = openDocker({ socket: real.socket });
    const remediation = restartContainer.create(config, { docker, clock: systemClock });
    const place = await approving(await stores.open(), { remediation, mode: "auto" });
    const at = Date.now() * 1000;
    await record(place.store, episodeOpened({ model: "t/e/e1/m", at, newestRow: at }), recording);
    place.outbox.start();
    onTestFinished(() => place.outbox.stop());
    return place;
  }

  it("shows the container, acts once on a yes, and is judged by the model's own data", async () => {
    const name = "shop-web-1";
    await real.run({ name, labels: { "com.docker.compose.service": "web" } });
    const place = await onIncident("web");
    expect(await place.say("dw restart api")).toContain("Configured: restart-svc (web).");
    const asked = await place.say(`dw restart ${name}`);
    const { targetId, proposal } = (await place.run()) ?? {};
    expect(asked).toContain(`${name} is healthy now.`);
    expect(asked).toContain(String(targetId).slice(0, 12));
    expect(real.restarts).toEqual([]);
    await place.say(`dw approve ${proposal?.id}`);
    await becomes(place, "acted");
    await eventually(() => expect(real.restarts.map(({ id }) => id)).toEqual([targetId]));
    const run = (await place.run())?.id ?? "";
    const judged = { model: "t/e/e1/m", at: Date.now() * 1000, detail: "inside its band" };
    const event = { type: "verified", id: "v1", run, outcome: "recovered", ...judged } as const;
    await place.store.transaction((tx) =>
      recordEvents(tx, [{ event, incident: "inc-e1" }], recording),
    );
    expect(await place.run()).toMatchObject({ status: "acted", outcome: "recovered" });
  });

  it("refuses a database whatever a person says, and names failover (B19, B58)", async () => {
    await real.run({ name: "shop-db-1", labels: { "com.docker.compose.service": "postgres" } });
    const place = await onIncident("postgres");
    const answer = await place.say("dw restart postgres");
    expect(answer).toContain("Not done, sarah: the refuse list names it: shop-db-1");
    expect(answer).toContain("fail it over to a replica");
    expect(await place.run()).toMatchObject({ status: "denied", gate: "refused" });
    expect(place.acts).toEqual([]);
  });

  it("shows every replica, says how they are restarted, and takes all down only for `full` (B15, B16)", async () => {
    const labels = {
      "com.docker.compose.project": "shop",
      "com.docker.compose.service": "api",
    };
    for (const name of ["shop-api-1", "shop-api-2"]) await real.run({ name, labels });
    const place = await onIncident("api");
    const asked = await place.say("dw restart api");
    expect(asked).toContain(
      "Of 2 replicas of api, shop-api-1 is healthy, shop-api-2 is healthy now.",
    );
    expect(asked).toContain(
      "They are restarted one by one. dw restart restart-svc full asks for all at once.",
    );
    const proposal = (await place.run())?.proposal;
    for (const { id, name } of proposal?.act.replicas ?? [])
      expect(asked).toContain(`${name}, id ${id.slice(0, 12)}, image `);
    await place.say(`dw approve ${proposal?.id}`);
    await becomes(place, "acted");
    expect((await place.run())?.detail).toBe("Restarted 2 of 2 replicas of api, one by one.");
    const names = real.restarts.map(({ name }) => name).filter((name) => name.includes("api"));
    expect(names).toEqual(["shop-api-1", "shop-api-2"]);
    const lines = [];
    for await (const line of auditedLines(place.store, { sinceMs: 0, untilMs: Date.now() + 1000 }))
      lines.push(line);
    expect(lines.find(({ kind }) => kind === "act")?.before).toHaveProperty(
      "shop-api-2 started_at",
    );
    expect(await place.say("dw restart api full dry-run")).toContain(
      "All of them are down at the same time.",
    );
  });
});
