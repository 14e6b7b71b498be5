import { onTestFinished } from "vitest";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { trackerContract } from "../contracts/tracker.ts";
import { FakeTracker } from "./fake-tracker.ts";
import { openExample } from "./jira/open-example.ts";
import { Board, boardTracker } from "./made-up-tracker.ts";

const written = /^(issue_created|issue_resolved|issue_reopened|comment_added|comment_edited)$/;

trackerContract("Jira, over HTTP", async ({ movable }) => {
  const sandbox = await startJiraSandbox(movable ? {} : { workflow: {} });
  onTestFinished(() => sandbox.stop());
  return {
    tracker: openExample(sandbox.url),
    writes: () => sandbox.ledger.filter(({ what }) => written.test(what)).length,
    loseAnswer: () => {
      sandbox.fault({ method: "POST", path: /\/issue$/, answer: "drop", afterEffect: true });
    },
    goAway: () => sandbox.stop(),
  };
});

trackerContract(
  "a made-up tracker, added as docs/how-to/add-a-tracker.md says (C68, D9)",
  async ({ movable }) => {
    const board = new Board();
    return {
      tracker: boardTracker(board, { closes: movable }),
      writes: () => board.writes,
      loseAnswer: () => {
        board.losesAnswer = true;
      },
      goAway: () => {
        board.up = false;
      },
    };
  },
);

trackerContract("in memory, the fake of other tests", async ({ movable }) => {
  const tracker = new FakeTracker();
  tracker.movable = movable;
  return {
    tracker,
    writes: () => tracker.writes,
    loseAnswer: () => {
      tracker.losesAnswerOf.push("create");
    },
    goAway: () => {
      tracker.away = true;
    },
  };
});
