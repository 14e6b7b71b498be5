/** A no that stands beside a yes on a ticket. */
import { describe, expect, it } from "vitest";
import { doorPlace } from "./door-place.ts";

describe("what a person says on a ticket", () => {
  it("is handed in with a no before a yes that was said in the same minute, and the rest in its order", async () => {
    await using place = await doorPlace();
    const { door, store, say } = place;
    for (const words of ["note one", "approve KRMT", "note two", "deny KRMT"])
      await say("sarah", `dw ${words}`);
    await door.look();
    expect([...store.commands.values()].map(({ said }) => said)).toEqual([
      "dw deny KRMT",
      "dw note one",
      "dw approve KRMT",
      "dw note two",
    ]);
  });

  it("is not handed in as a yes while the no beside it cannot be read", async () => {
    await using place = await doorPlace();
    const { door, store, sandbox, say } = place;
    await say("sarah", "dw approve KRMT");
    const no = await say("tom", "dw deny KRMT");
    const path = new RegExp(`/comment/${no}$`);
    sandbox.fault({ method: "GET", path, answer: "failed" });
    await expect(door.look()).rejects.toThrow("reading comment");
    expect([...store.commands.values()]).toEqual([]);
    await door.look();
    const said = [...store.commands.values()].map((command) => command.said);
    expect(said).toEqual(["dw deny KRMT", "dw approve KRMT"]);
  });
});
