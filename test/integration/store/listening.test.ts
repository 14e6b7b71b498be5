import { beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../../../src/store/store.ts";
import { eventually } from "../../programs/eventually.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();
let store: Store;
beforeAll(async () => {
  store = await stores.open({ schema: "main" });
});

describe("listening", () => {
  it("ends at once when the store is closed while it is still connecting", async () => {
    const opened = await stores.open({ schema: "closing" });
    opened.listen("log", () => undefined);
    await opened.close();
    await expect(opened.query("select 1")).rejects.toMatchObject({ code: "DW_STORE_UNREACHABLE" });
  });

  it("hears what is committed, and nothing of what is rolled back", async () => {
    const heard: string[] = [];
    const unlisten = store.listen("log", (payload) => heard.push(payload));
    await eventually(() => expect(heard).toEqual([""]));
    const say = "select pg_notify(current_schema() || ':log', $1)";
    await store
      .transaction(async (tx) => {
        await tx.query(say, ["never"]);
        throw new Error("rolled back");
      })
      .catch(() => undefined);
    await store.transaction((tx) => tx.query(say, ["committed"]));
    await eventually(() => expect(heard).toEqual(["", "committed"]));
    unlisten();
  });

  it("asks for one channel after the other, so that the driver warns of nothing", async () => {
    const warnings: string[] = [];
    const keep = ({ message }: Error) => warnings.push(message);
    process.on("warning", keep);
    const opened = await stores.open({ schema: "channels" });
    const heard: string[] = [];
    opened.listen("log", () => heard.push("log"));
    await eventually(() => expect(heard).toEqual(["log"]));
    for (const channel of ["outbox", "commands", "members"] as const)
      opened.listen(channel, () => heard.push(channel));
    await eventually(async () => {
      await opened.query("select pg_notify(current_schema() || ':members', 'x')");
      expect(heard).toContain("members");
    });
    process.off("warning", keep);
    await opened.close();
    expect(warnings).toEqual([]);
  });

  it("comes back after its connection was lost, and says that something may have been missed", async () => {
    const heard: string[] = [];
    const unlisten = store.listen("members", (payload) => heard.push(payload));
    await eventually(async () => {
      await store.query("select pg_notify(current_schema() || ':members', 'x')");
      expect(heard).toContain("x");
    });
    heard.length = 0;
    await store.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and pid <> pg_backend_pid()",
    );
    await eventually(() => expect(heard).toContain(""));
    unlisten();
  });
});
