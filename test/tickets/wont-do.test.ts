/** "Won't do" on a ticket (row T): it mutes this kind and feature of the model, and never the model. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import { exampleFeature } from "./example-incident.ts";
import { IncidentLife } from "./incident-life.ts";

const minute = 60_000;

async function scene(deployment: "Cloud" | "Server") {
  const sandbox = await startJiraSandbox({ deployment });
  onTestFinished(() => sandbox.stop());
  const life = new IncidentLife(sandbox);
  let episodes = 0;
  const broken = async (feature: string, change: Partial<EpisodeOpened> = {}): Promise<void> => {
    episodes += 1;
    const features = [exampleFeature({ feature })];
    const at = life.nowMs * 1000;
    await life.take(episodeOpened({ id: `e${episodes}`, features, at, newestRow: at, ...change }));
    await life.pass(minute);
  };
  const over = async (): Promise<void> => {
    const closed = episodeClosed({ id: `c${episodes}`, episode: `e${episodes}` });
    await life.take(closed, life.incidents[0]?.id);
    await life.pass(30 * minute);
  };
  return { sandbox, broken, over };
}

/** As a person closes it. */
function wontDo(sandbox: JiraSandbox, place: number): void {
  const issue = sandbox.issues()[place];
  if (issue === undefined) throw new Error("there is no such ticket");
  issue.status = { id: "10002", name: "Done", category: "done" };
  issue.resolution = "Won't Do";
}

const keys = (jira: JiraSandbox) => jira.issues().map(({ key, status }) => [key, status.category]);
const comments = (jira: JiraSandbox) => jira.issues().map((issue) => issue.comments.length);

describe.each(["Cloud", "Server"] as const)(
  "a ticket that people closed as Won't Do (%s)",
  (deployment) => {
    it.each([true, false])(
      "hears no more of the same kind and feature, after it was over: %s",
      async (wasOver) => {
        const { sandbox, broken, over } = await scene(deployment);
        await broken("age");
        if (wasOver) await over();
        wontDo(sandbox, 0);
        const before = comments(sandbox);
        if (!wasOver) await over();
        await broken("age");
        await over();
        expect(keys(sandbox)).toEqual([["IR-1", "done"]]);
        expect(comments(sandbox)).toEqual(before);
      },
    );

    it.each([
      ["another feature", "tenure", {}],
      ["another kind", "age", { kind: "leak" }],
    ] as const)(
      "is followed by a ticket of its own for %s of the model",
      async (...[, feature, change]) => {
        const { sandbox, broken, over } = await scene(deployment);
        await broken("age");
        wontDo(sandbox, 0);
        await over();
        await broken(feature, change);
        expect(keys(sandbox)).toEqual([
          ["IR-1", "done"],
          ["IR-2", "new"],
        ]);
        const [first, second] = sandbox.issues();
        expect(second?.links).toEqual(["IR-1"]);
        expect(first?.comments).toEqual([]);
        await over();
        await broken("age");
        expect(keys(sandbox)).toEqual([
          ["IR-1", "done"],
          ["IR-2", "done"],
        ]);
      },
    );

    it("knows what it told before: the second feature is covered too", async () => {
      const { sandbox, broken, over } = await scene(deployment);
      await broken("age");
      await broken("tenure");
      wontDo(sandbox, 0);
      await over();
      await broken("tenure");
      await broken("age");
      expect(keys(sandbox)).toEqual([["IR-1", "done"]]);
    });
  },
);
