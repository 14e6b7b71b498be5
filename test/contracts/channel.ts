/** What the executor of every channel promises. Its own test calls this, with a scene of its own. */
import { describe, expect, it } from "vitest";
import type { IncidentExecutor } from "../../src/incidents/executor.ts";
import { incidentText } from "../../src/messages/incident-text.ts";
import type { Attempt } from "../../src/outbox/executor.ts";
import type { Effect } from "../../src/store/outbox/effect.ts";
import { goodPermit } from "../fakes/permit.ts";
import { exampleIncident } from "../tickets/example-incident.ts";

export interface ChannelScene {
  readonly executor: IncidentExecutor;
  /** By which it says that an incident is new. */
  readonly effect: Effect;
  /** What was said, where people read it. */
  readonly said: () => readonly string[];
  /** From now on nobody answers. */
  readonly goAway: () => unknown;
}

const first: Attempt = { id: "effect-1", attempt: 1, unknown: false, mayAct: goodPermit };
const takenOver = (): Promise<never> => Promise.reject(new Error("taken over"));
const incident = exampleIncident();

async function carryOut({ executor, effect }: ChannelScene, attempt: Attempt): Promise<void> {
  const handler = executor.handlers[effect.kind];
  if (handler === undefined) throw new Error(`${effect.kind} has no handler`);
  await handler(effect, incident, attempt);
}

export function channelContract(name: string, open: () => Promise<ChannelScene>): void {
  describe(`the channel ${name}`, () => {
    it("says a new incident once, with its title", async () => {
      const scene = await open();
      await carryOut(scene, first);
      expect(scene.said()).toEqual([expect.stringContaining(incidentText(incident, {}).title)]);
    });

    it("says nothing twice when an earlier attempt may have said it", async () => {
      const scene = await open();
      await carryOut(scene, first);
      await carryOut(scene, { ...first, attempt: 2, unknown: true });
      expect(scene.said()).toHaveLength(1);
      await carryOut(scene, { ...first, id: "effect-2", unknown: true });
      expect(scene.said()).toHaveLength(2);
    });

    it("says nothing, and throws what it is told, when it may not act", async () => {
      const scene = await open();
      await expect(carryOut(scene, { ...first, mayAct: takenOver })).rejects.toThrow("taken over");
      expect(scene.said()).toEqual([]);
    });

    it("says by its error that it is away, so that the outbox waits for it", async () => {
      const scene = await open();
      await scene.goAway();
      const error: unknown = await carryOut(scene, first).catch((reason: unknown) => reason);
      expect(scene.executor.isUnavailable(error)).toBe(true);
      expect(scene.executor.isUnavailable(new TypeError("a defect of ours"))).toBe(false);
      expect(scene.said()).toEqual([]);
    });

    it("has a dependency and an order of its own, so that no other channel waits for it", async () => {
      const { executor } = await open();
      expect(executor.dependency).toMatch(/^channel:/);
      for (const kind of Object.keys(executor.handlers)) {
        expect(kind.startsWith(`${executor.orderKey}.`)).toBe(true);
      }
    });
  });
}
