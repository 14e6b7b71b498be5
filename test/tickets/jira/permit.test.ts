import { describe, expect, it } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import type { Permit } from "../../../src/permit.ts";
import { fakeClocks, whatExpires } from "../../fakes/permit.ts";
import { at, json } from "./open-example.ts";

const answer = json(201, { id: "1", body: "x" });

describe("a comment whose permit expired before it was written", () => {
  it.each(whatExpires)("a comment is sent once although %s", async (_what, expire) => {
    const clocks = fakeClocks();
    const { jira, server } = await at(answer, { clocks: clocks.read });
    let asked = 0;
    const mayAct = async (): Promise<Permit> => {
      const permit = clocks.permit(2_500);
      asked += 1;
      expect(server.seen).toEqual([]);
      if (asked === 1) expire(clocks);
      return permit;
    };
    expect(await jira.addComment("1", [[paragraph(words("x"))]], mayAct)).toMatchObject({
      id: "1",
    });
    expect(asked).toBe(2);
    expect(server.seen).toHaveLength(1);
  });

  it("is not sent when the right to act is gone by then", async () => {
    const clocks = fakeClocks();
    const { jira, server } = await at(answer, { clocks: clocks.read });
    let asked = 0;
    const mayAct = async (): Promise<Permit> => {
      asked += 1;
      if (asked > 1) throw new Error("taken over");
      return clocks.permit(0);
    };
    await expect(jira.addComment("1", [[paragraph(words("x"))]], mayAct)).rejects.toThrow(
      "taken over",
    );
    expect(server.seen).toEqual([]);
  });
});
