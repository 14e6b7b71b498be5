import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { SandboxComment, SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import { speakerName } from "./conversation.ts";
import { wrongAnswers, wrongCommands, wrongMarkers, wrongNotes } from "./conversation-oracle.ts";

const comment = (id: string, author: string, body: string): SandboxComment => ({
  id,
  author,
  body,
  updateAuthor: author,
  createdAtMs: 0,
  updatedAtMs: 0,
  internal: false,
});

function ticket(comments: readonly SandboxComment[], description = ""): SandboxIssue {
  return {
    id: "1",
    key: "IR-1",
    summary: "",
    description,
    labels: ["driftwarden"],
    issueType: "Bug",
    priority: "High",
    reporter: "bot",
    assignee: undefined,
    updatedAtMs: 0,
    history: [],
    status: { id: "1", name: "", category: "new" },
    resolution: undefined,
    createdAtMs: 0,
    resolvedAtMs: undefined,
    comments: [...comments],
    links: [],
    custom: {},
    attachments: [],
  };
}

const said = comment("7", speakerName, "dw note heard3once\ndw zq3x");
const answer = comment("8", "bot", 'Noted. "zq3x" is no command.');

describe("the oracle of what people said", () => {
  it("wants one answer on the ticket to each comment", () => {
    expect(wrongAnswers([ticket([said, answer])], [])).toEqual([]);
    expect(wrongAnswers([ticket([said])], [])).toEqual(["comment 7 on IR-1 is not answered"]);
    expect(wrongAnswers([ticket([said, answer, answer])], [])).toEqual([
      "comment 7 on IR-1 is answered 2 times",
    ]);
  });

  it("takes an answer that a person deleted for said, and still sees one that is said twice", () => {
    expect(wrongAnswers([ticket([said])], [answer.body])).toEqual([]);
    expect(wrongAnswers([ticket([said, answer, answer])], [answer.body])).toHaveLength(1);
  });

  it("takes no answer to another comment for this one's", () => {
    const other = comment("9", "bot", '"zq33x" is no command.');
    expect(wrongAnswers([ticket([said, other])], [])).toHaveLength(1);
  });

  it("sees a note that was taken twice", () => {
    const once = "What people said: heard3once";
    expect(wrongNotes([ticket([said], once)])).toEqual([]);
    expect(wrongNotes([ticket([said], `${once}\n${once}`)])).toHaveLength(1);
  });

  it("sees a comment that was lost, and one whose answer nobody carried", () => {
    const issues = [ticket([said])];
    expect(wrongCommands(issues, [{ id: "ticket:7", state: "carried" }])).toEqual([]);
    expect(wrongCommands(issues, [{ id: "ticket:7", state: "answered" }])).toHaveLength(1);
    expect(wrongCommands(issues, [])).toEqual(["command ticket:7 is not stored"]);
  });

  it("wants one marker of each model that was expected, and no other", () => {
    const model = "t/e/main/model-0";
    const id = createHash("sha256").update(`ticket:7#0\n${model}`).digest("hex").slice(0, 20);
    const expected = { models: ["model-0"], comments: ["7"] };
    expect(wrongMarkers([{ id, model }], expected)).toEqual([]);
    expect(
      wrongMarkers(
        [
          { id, model },
          { id, model },
        ],
        expected,
      ),
    ).toEqual([]);
    expect(wrongMarkers([], expected)).toHaveLength(1);
    expect(
      wrongMarkers(
        [
          { id, model },
          { id: "other", model },
        ],
        expected,
      ),
    ).toHaveLength(2);
  });
});
