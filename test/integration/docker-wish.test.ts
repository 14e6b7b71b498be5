/** `dw restart` on a ticket, from the comment to the verified run, on a real store and a real engine. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { systemClock } from "../../src/clock.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
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
    expect(asked).toContain(String(targetId));
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
});
