/** Where labels cannot be set, tickets are found by a text field or by a property. */
import { describe, expect, it, onTestFinished } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { openExample } from "./open-example.ts";

const issue = {
  summary: "[P1] churn-v7",
  description: [[paragraph(words("d"))]],
  labels: ["driftwarden", "driftwarden-a1", "P1", "driftwarden-ticket-0123456789ab"],
  priority: "High",
};

async function place(deployment: "Cloud" | "Server", keyField: string) {
  const textFields = { customfield_10077: "Incident key" };
  const sandbox = await startJiraSandbox({ deployment, offScreen: ["labels"], textFields });
  onTestFinished(() => sandbox.stop());
  const jira = openExample(sandbox.url, { keyField });
  return { sandbox, jira };
}

describe.each(["Cloud", "Server"] as const)("a project of a Jira (%s) without Labels", (kind) => {
  describe.each(["customfield_10077", "Incident key", "property"])("with key_field: %s", (name) => {
    it("takes a ticket at the first try, which does not tell that labels are missing", async () => {
      const { sandbox, jira } = await place(kind, name);
      await jira.create(issue);
      expect(sandbox.ledger.filter(({ what }) => what === "refused")).toEqual([]);
      expect(sandbox.issues()[0]?.description).not.toContain("does not take");
    });

    it("has its tickets found by label, by state and by what changed, and no others by label", async () => {
      const { jira } = await place(kind, name);
      const [other, mine] = [
        await jira.create({ ...issue, labels: ["driftwarden", "driftwarden-ticket-0123456789"] }),
        await jira.create(issue),
      ];
      const found = await jira.findByLabel("driftwarden-ticket-0123456789ab");
      expect(found.map(({ id }) => id)).toEqual([mine.id]);
      expect(mine.labels).toEqual(issue.labels.filter((label) => label !== "P1"));
      expect([...(await jira.openIds("driftwarden"))]).toEqual([other.id, mine.id]);
      const changed = await jira.talk.changedWithin("driftwarden", 5);
      expect(changed.map(({ id }) => id).toSorted()).toEqual([other.id, mine.id]);
    });

    it("has a ticket known again among the newest issues", async () => {
      const { jira } = await place(kind, name);
      const { id } = await jira.create(issue);
      const found = await jira.get(id);
      expect(found?.labels).toContain("driftwarden-ticket-0123456789ab");
    });

    it("is not asked to change labels when the severity rises", async () => {
      const { sandbox, jira } = await place(kind, name);
      const made = await jira.create(issue);
      const change = { priority: "Highest", labels: { add: ["P0"], remove: ["P1"] } };
      expect(await jira.update(made, change)).toEqual({ changed: true, left: [] });
      expect(sandbox.issues()[0]).toMatchObject({ priority: "Highest", labels: [] });
    });
  });
});

it("labels that a route asks for are still set where the key stands in a text field", async () => {
  const textFields = { customfield_10077: "Incident key" };
  const sandbox = await startJiraSandbox({ textFields });
  onTestFinished(() => sandbox.stop());
  const jira = openExample(sandbox.url, { keyField: "customfield_10077" });
  await jira.create({ ...issue, labels: [...issue.labels, "data"], route: { labels: ["data"] } });
  expect(sandbox.issues()[0]?.labels).toEqual(["data"]);
});
