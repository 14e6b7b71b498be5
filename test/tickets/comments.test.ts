/** A comment whose request arrived twice, and one that a person copied, at a sandbox. */
import { pino } from "pino";
import { expect, it } from "vitest";
import { paragraph, words } from "../../src/messages/message.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { commentOnce } from "../../src/tickets/comments.ts";
import { goodPermit } from "../fakes/permit.ts";
import { askAs } from "../sandbox/jira/ask.ts";
import { openExample, token } from "./jira/open-example.ts";

const logger = pino({ level: "silent" });
const comment = { says: [paragraph(words("It is over."))], mark: "dw0123456789abcd" };

it.each([
  { becomes: "deleted", lacks: [], left: 1, saying: 1 },
  {
    becomes: "made to say nothing where it may not be deleted",
    lacks: ["DELETE_OWN_COMMENTS", "DELETE_ALL_COMMENTS"],
    left: 2,
    saying: 1,
  },
  {
    becomes: "left where it may not be edited either",
    lacks: ["DELETE_OWN_COMMENTS", "DELETE_ALL_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ALL_COMMENTS"],
    left: 2,
    saying: 2,
  },
])(
  "a comment that is written twice by a doubled request is $becomes",
  async ({ lacks, left, saying }) => {
    const sandbox = await startJiraSandbox({ withoutPermissions: lacks });
    const tracker = openExample(sandbox.url);
    const issue = await tracker.create({
      summary: "s",
      description: [],
      labels: [],
      priority: undefined,
    });
    const attempt = { unknown: false, mayAct: goodPermit };
    sandbox.fault({ method: "POST", path: /comment$/, answer: "doubled" });
    await commentOnce(issue, comment, { tracker, logger, attempt });
    const texts = (sandbox.issues()[0]?.comments ?? []).map(({ body }) => body);
    expect(texts).toHaveLength(left);
    expect(texts.filter((text) => text.includes("It is over."))).toHaveLength(saying);
    await commentOnce(issue, comment, { tracker, logger, attempt });
    expect(sandbox.issues()[0]?.comments).toHaveLength(left);
    await sandbox.stop();
  },
);

it("a person's copy of a comment, with its mark at the end, stays", async () => {
  const users = [
    { name: "bot", token },
    { name: "sarah", token: "token" },
  ];
  const sandbox = await startJiraSandbox({ users });
  const tracker = openExample(sandbox.url);
  const issue = await tracker.create({
    summary: "s",
    description: [],
    labels: [],
    priority: undefined,
  });
  const work = { tracker, logger, attempt: { unknown: false, mayAct: goodPermit } };
  await commentOnce(issue, comment, work);
  const ours = sandbox.issues()[0]?.comments[0]?.body ?? "";
  const body = { body: `I do not think so: ${ours}` };
  await askAs(sandbox, `POST /issue/${issue.key}/comment`, { as: "sarah", body });
  await commentOnce(issue, comment, work);
  expect(sandbox.issues()[0]?.comments.map(({ author }) => author)).toEqual(["bot", "sarah"]);
  expect(sandbox.issues()[0]?.comments[1]?.body).toBe(body.body);
  await sandbox.stop();
});
