import { describe, expect, it } from "vitest";
import { type Message, paragraph, words } from "../../../src/messages/message.ts";
import { at, errorOf, json } from "./open-example.ts";

const comment: Message = [[paragraph(words("x"))]];

describe("FR-M2: a change that Jira refuses because another one is under way (409)", () => {
  it("is tried again, since nothing is wrong with it", async () => {
    const { jira } = await at(json(409, { errorMessages: ["In progress"], errors: {} }));
    expect(await errorOf(jira.addComment("1", comment))).toMatchObject({
      code: "DW_TRACKER_REFUSED",
      status: 409,
      retryable: true,
      maybeApplied: false,
    });
  });

  it("differs from a refusal that waiting cannot mend", async () => {
    const { jira } = await at(json(400, { errorMessages: ["No"], errors: {} }));
    expect(await errorOf(jira.addComment("1", comment))).toMatchObject({ retryable: false });
  });
});
