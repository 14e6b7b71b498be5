/** What every adapter of the port Tracker promises. Its own test calls this, with a scene of its own. */
import { describe, expect, it } from "vitest";
import { data, type Message, mark, paragraph, words } from "../../src/messages/message.ts";
import type { MayAct } from "../../src/permit.ts";
import { TrackerError } from "../../src/tickets/errors.ts";
import type { Issue, NewIssue, Tracker } from "../../src/tickets/tracker.ts";
import { goodPermit } from "../fakes/permit.ts";
import { hostileNames } from "../tickets/examples.ts";

export interface TrackerScene {
  readonly tracker: Tracker;
  /** How many writes took effect, counted where they did. */
  readonly writes: () => number;
  /** The next creation takes effect, and its answer is lost. */
  readonly loseAnswer: () => void;
  /** From now on nobody answers. */
  readonly goAway: () => unknown;
}

export interface SceneOptions {
  /** Whether issues can be closed and reopened as it is configured. */
  readonly movable: boolean;
}

const markId = "dw0123456789abcd";
const unknownIssue = "999999";

const saying = (text: string): Message => [[paragraph(words(text)), mark(markId)]];

const newIssue: NewIssue = {
  summary: "[P1] churn: it was seen",
  description: [[paragraph(words("It was seen."))]],
  labels: ["driftwarden", "driftwarden-0123"],
  priority: undefined,
};

const anIssue: Issue = {
  id: "1",
  key: "IR-1",
  url: "http://127.0.0.1/1",
  summary: "s",
  description: "d",
  labels: [],
  done: false,
  wontFix: false,
};

async function read(tracker: Tracker, id: string): Promise<Issue> {
  const issue = await tracker.get(id);
  if (issue === undefined) throw new Error("the issue is there");
  return issue;
}

const takenOver: MayAct = () => Promise.reject(new Error("taken over"));

function thrownBy(act: () => Promise<unknown>): Promise<unknown> {
  return act().then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

/** Every write of the port, on an issue that has a comment. */
function writesOf(tracker: Tracker, issue: string, mayAct: MayAct) {
  return [
    ["create", () => tracker.create(newIssue, mayAct)],
    ["addComment", () => tracker.addComment(issue, saying("more"), mayAct)],
    [
      "updateComment",
      async () => {
        const [comment] = await tracker.comments(issue);
        if (comment === undefined) throw new Error("the issue has a comment");
        return tracker.updateComment(issue, { comment, message: saying("other") }, mayAct);
      },
    ],
    ["update", () => tracker.update({ ...anIssue, id: issue }, { summary: "other" }, mayAct)],
    ["close", () => tracker.close(issue, mayAct)],
  ] as const;
}

export function trackerContract(
  name: string,
  open: (options: SceneOptions) => Promise<TrackerScene>,
): void {
  const scene = (): Promise<TrackerScene> => open({ movable: true });

  describe(`the tracker ${name}`, () => {
    it("creates an issue that is open, has its labels, and is read back by its id", async () => {
      const { tracker } = await scene();
      const issue = await tracker.create(newIssue, goodPermit);
      expect(issue).toMatchObject({ labels: newIssue.labels, done: false, wontFix: false });
      expect(URL.canParse(issue.url)).toBe(true);
      expect(await tracker.get(issue.id)).toEqual(issue);
    });

    it("finds issues by a label, the oldest first, and none by another", async () => {
      const { tracker } = await scene();
      const first = await tracker.create(newIssue);
      const second = await tracker.create(newIssue);
      const found = await tracker.findByLabel("driftwarden-0123");
      expect(found.map(({ id }) => id)).toEqual([first.id, second.id]);
      expect(await tracker.findByLabel("driftwarden-4567")).toEqual([]);
    });

    it("says of an issue that is gone that there is none", async () => {
      const { tracker } = await scene();
      expect(await tracker.get(unknownIssue)).toBeUndefined();
    });

    it("closes and reopens an issue", async () => {
      const { tracker } = await scene();
      const { id } = await tracker.create(newIssue);
      await tracker.close(id, goodPermit);
      expect(await tracker.get(id)).toMatchObject({ done: true, wontFix: false });
      await tracker.reopen(id, goodPermit);
      expect(await tracker.get(id)).toMatchObject({ done: false });
    });

    it("says when it cannot close, and changes nothing", async () => {
      const { tracker, writes } = await open({ movable: false });
      const { id } = await tracker.create(newIssue);
      await expect(tracker.close(id)).rejects.toMatchObject({ code: "DW_TRACKER_CANNOT_MOVE" });
      expect(writes()).toBe(1);
    });

    it("changes title, text and labels of an issue, and leaves the labels of people", async () => {
      const { tracker } = await scene();
      const { id } = await tracker.create({ ...newIssue, labels: ["driftwarden", "P2", "ours"] });
      const before = await read(tracker, id);
      const description = [[paragraph(words("It was seen twice."))]];
      const labels = { add: ["P1"], remove: ["P2"] };
      const change = { summary: "[P1] worse", description, labels };
      const update = await tracker.update(before, change, goodPermit);
      expect(update).toEqual({ changed: true, left: [] });
      const issue = await read(tracker, id);
      expect(issue).toMatchObject({ summary: "[P1] worse", labels: ["driftwarden", "ours", "P1"] });
      expect(issue.description).toContain("seen twice");
    });

    it("knows which issues of a label are open, by their state in the tracker", async () => {
      const { tracker } = await scene();
      const first = await tracker.create(newIssue);
      const second = await tracker.create(newIssue);
      await tracker.close(first.id);
      expect([...(await tracker.openIds("driftwarden-0123"))]).toEqual([second.id]);
      expect([...(await tracker.openIds("driftwarden-4567"))]).toEqual([]);
    });

    it("links two issues, or says that it does not", async () => {
      const { tracker } = await scene();
      const { key } = await tracker.create(newIssue);
      const other = await tracker.create(newIssue);
      const linked = await tracker.link(key, other.key, goodPermit);
      expect(await tracker.link(key, other.key, goodPermit)).toBe(linked);
    });

    it("answers a ping while it is there", async () => {
      const { tracker } = await scene();
      await expect(tracker.ping()).resolves.toBeUndefined();
    });

    it("knows a comment again by its mark, whatever the names in it are", async () => {
      const { tracker } = await scene();
      const { id } = await tracker.create(newIssue);
      for (const hostile of hostileNames) {
        await tracker.addComment(id, [[paragraph(data(hostile)), mark(markId)]], goodPermit);
      }
      await tracker.addComment(id, [[paragraph(words("No mark."))]]);
      const marks = (await tracker.comments(id)).map((comment) => comment.mark);
      expect(marks).toEqual([...hostileNames.map(() => markId), undefined]);
    });

    it("changes a comment, and writes nothing where it says so already", async () => {
      const { tracker, writes } = await scene();
      const { id } = await tracker.create(newIssue);
      await tracker.addComment(id, saying("once"));
      const change = async (text: string, mayAct: MayAct): Promise<boolean> => {
        const [comment] = await tracker.comments(id);
        if (comment === undefined) throw new Error("the issue has a comment");
        return tracker.updateComment(id, { comment, message: saying(text) }, mayAct);
      };
      expect(await change("twice", goodPermit)).toBe(true);
      expect(await change("twice", takenOver)).toBe(false);
      expect(writes()).toBe(3);
      expect(await tracker.comments(id)).toMatchObject([{ mark: markId }]);
    });

    it("writes nothing, and throws what it is told, when it may not act", async () => {
      const { tracker, writes } = await scene();
      const { id } = await tracker.create(newIssue);
      await tracker.addComment(id, saying("once"));
      for (const [what, write] of writesOf(tracker, id, takenOver)) {
        expect([what, await thrownBy(write)]).toMatchObject([what, { message: "taken over" }]);
      }
      expect(writes()).toBe(2);
    });

    it("says that a write whose answer was lost may have taken effect", async () => {
      const { tracker, loseAnswer } = await scene();
      loseAnswer();
      const creating = tracker.create(newIssue, goodPermit);
      await expect(creating).rejects.toMatchObject({ maybeApplied: true, retryable: true });
      expect(await tracker.findByLabel("driftwarden-0123")).toHaveLength(1);
    });

    it("says that it is away, whatever is asked", async () => {
      const { tracker, goAway } = await scene();
      const { id } = await tracker.create(newIssue);
      await goAway();
      const asked = [
        ["ping", () => tracker.ping()],
        ["get", () => tracker.get(id)],
        ["openIds", () => tracker.openIds("driftwarden")],
        ["comments", () => tracker.comments(id)],
        ["findByLabel", () => tracker.findByLabel("driftwarden")],
        ...writesOf(tracker, id, goodPermit),
      ] as const;
      for (const [what, ask] of asked) {
        const error = await thrownBy(ask);
        expect(error).toBeInstanceOf(TrackerError);
        expect([what, error]).toMatchObject([what, { unavailable: true, retryable: true }]);
      }
    });
  });
}
