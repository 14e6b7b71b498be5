/** A transition that demands fields: what `jira.resolve_fields` sends with it. FR-J1. */
import { describe, expect, it, onTestFinished } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { type JiraSandbox, startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { toDo, usualWorkflow, type Workflow } from "../../../src/sandbox/jira/workflow.ts";
import type { Jira } from "../../../src/tickets/jira/jira.ts";
import { errorOf, openExample } from "./open-example.ts";

const done = { id: "10002", name: "Done", category: "done" } as const;
/** The one way to Done demands a reason. */
const strict: Workflow = {
  ...usualWorkflow,
  [toDo.name]: [{ id: "31", name: "Done", to: done, requires: ["customfield_10020"] }],
};

async function closing(
  workflow: Workflow,
  resolveFields: Readonly<Record<string, unknown>>,
): Promise<{ readonly sandbox: JiraSandbox; readonly close: () => Promise<void> }> {
  const sandbox = await startJiraSandbox({ workflow });
  onTestFinished(() => sandbox.stop());
  const jira: Jira = openExample(sandbox.url, { resolveFields });
  const description = [[paragraph(words("It was seen."))]];
  const issue = { summary: "seen", description, labels: ["driftwarden"], priority: undefined };
  const { id } = await jira.create(issue);
  return { sandbox, close: () => jira.close(id) };
}

const statusOf = (sandbox: JiraSandbox): string | undefined => sandbox.issues()[0]?.status.name;

describe("a transition that demands a field", () => {
  it("FR-J1: closes the ticket with the value that jira.resolve_fields gives", async () => {
    const { sandbox, close } = await closing(strict, { customfield_10020: { value: "Fixed" } });
    await close();
    expect(statusOf(sandbox)).toBe("Done");
  });

  it("FR-J1: leaves the ticket open without it, and names the field and the setting", async () => {
    const { sandbox, close } = await closing(strict, {});
    const error = await errorOf(close());
    expect(error.code).toBe("DW_TRACKER_CANNOT_MOVE");
    expect(error.message).toContain("customfield_10020");
    expect(error.hint).toContain("jira.resolve_fields to what it demands");
    expect(statusOf(sandbox)).toBe("To Do");
  });
});

describe("a transition that takes no fields", () => {
  it("FR-J1: closes the ticket all the same", async () => {
    const { sandbox, close } = await closing(usualWorkflow, {
      customfield_10020: { value: "Fixed" },
    });
    await close();
    expect(statusOf(sandbox)).toBe("Done");
  });
});
