/** What wrong-team says of a model, on a real store: later incidents know it, until it is taken back. */
import { expect, it } from "vitest";
import { KnownPeople } from "../../src/commands/people.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { isDigest } from "../../src/incidents/digest.ts";
import { loadEffectSubject } from "../../src/incidents/effect-subject.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { known } from "../commands/asking.ts";
import { comment, theIncident, withIncidentIn, worker } from "../programs/command-store.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

it("wrong-team gives later incidents of the model to the team, until it is taken back", async () => {
  const store = await withIncidentIn(await stores.open());
  const people = new KnownPeople(known.people, [{ name: "ml", members: [] }]);
  const says = async (said: string) => {
    await insertCommand(store, comment(said), Date.now());
    await carryOutWaiting(worker(store, { people }));
  };
  const teamOf = async () => {
    const effect = { kind: "ticket.open" } as const;
    const told = await loadEffectSubject(store, "inc-e1", effect);
    return told === undefined || isDigest(told) ? undefined : told.team?.name;
  };
  expect(await teamOf()).toBeUndefined();
  await says("dw wrong-team ml");
  expect(await teamOf()).toBe("ml");
  expect(await theIncident(store)).not.toHaveProperty("team");
  await says("dw wrong-team nobody");
  expect(await teamOf()).toBeUndefined();
  expect(await verifyJournal(store)).toMatchObject({ ok: true });
});
