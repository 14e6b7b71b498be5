/** Projects of a service desk, whose customers read what is not internal. */
import { describe, expect, it } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { askAs, fields, sandbox } from "../../sandbox/jira/ask.ts";
import { openExample } from "./open-example.ts";

describe("our comments in a service desk", () => {
  it.each(["Cloud", "Server"] as const)(
    "are internal, and stay so when they are edited (%s)",
    async (deployment) => {
      const place = await sandbox({ deployment, serviceDesk: true });
      await askAs(place, "POST /issue", { body: { fields } });
      const jira = openExample(place.url);
      const comment = await jira.addComment("10001", [[paragraph(words("one"))]]);
      await jira.updateComment("10001", { comment, message: [[paragraph(words("two"))]] });
      await askAs(place, "POST /issue/IR-1/comment", { body: { body: "hello" } });
      const [issue] = place.issues();
      expect(issue?.comments.map(({ body, internal }) => [body, internal])).toEqual([
        ["two", true],
        ["hello", false],
      ]);
    },
  );
});
