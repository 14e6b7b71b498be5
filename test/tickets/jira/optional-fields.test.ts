/** A project that does not take what Driftwarden would like to set: FR-J1, with Jira's envelope and others. */
import { describe, expect, it, onTestFinished } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import {
  type JiraSandbox,
  type JiraSandboxOptions,
  startJiraSandbox,
} from "../../../src/sandbox/jira/server.ts";
import type { Jira } from "../../../src/tickets/jira/jira.ts";
import { at, errorOf, json, openExample } from "./open-example.ts";

const issue = {
  summary: "[P1] churn: it was seen",
  description: [[paragraph(words("It was seen."))]],
  labels: ["driftwarden"],
  priority: "High",
};

async function project(
  options: JiraSandboxOptions,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly sandbox: JiraSandbox; readonly jira: Jira }> {
  const sandbox = await startJiraSandbox(options);
  onTestFinished(() => sandbox.stop());
  return { sandbox, jira: openExample(sandbox.url, { fields }) };
}

describe("a project whose screens lack optional fields", () => {
  it.each([
    [["priority"]],
    [["labels"]],
    [["description"]],
    [["priority", "labels", "description"]],
    [["customfield_10010"]],
  ])("FR-J1: gets its ticket although %j cannot be set", async (offScreen) => {
    const { sandbox, jira } = await project({ offScreen }, { customfield_10010: "ML" });
    const created = await jira.create(issue);
    expect(sandbox.issues()).toMatchObject([{ id: created.id, summary: issue.summary }]);
    const says = `does not take ${offScreen.join(", ")}`;
    const hasText = !offScreen.includes("description");
    expect(sandbox.issues()[0]?.description.includes(says)).toBe(hasText);
  });

  it("FR-J1: gets its ticket although the configured priority is no priority of this Jira", async () => {
    const { sandbox, jira } = await project({});
    await jira.create({ ...issue, priority: "P1" });
    expect(sandbox.issues()).toMatchObject([{ priority: "Medium", labels: ["driftwarden"] }]);
  });

  it("FR-J1: still says which field the project demands", async () => {
    const { sandbox, jira } = await project({ offScreen: ["priority"], requireFields: ["team"] });
    const error = await errorOf(jira.create(issue));
    expect(error).toMatchObject({ code: "DW_JIRA_FIELD_REQUIRED", maybeApplied: false });
    expect(error.hint).toContain("demands team");
    expect(sandbox.issues()).toEqual([]);
  });

  it("keeps what it can change of a ticket, and names the rest", async () => {
    const { sandbox, jira } = await project({ offScreen: ["priority"] });
    const created = await jira.create({ ...issue, priority: undefined });
    const labels = { add: ["P0"], remove: [] };
    const change = { summary: "[P0] worse", labels, priority: "Highest" };
    expect(await jira.update(created, change)).toEqual({ changed: true, left: ["priority"] });
    expect(sandbox.issues()).toMatchObject([
      { summary: "[P0] worse", labels: ["driftwarden", "P0"], priority: "Medium" },
    ]);
  });
});

/** Refuses what it is given until the body has none of these fields. */
function refusing(fields: readonly string[], refusal: unknown) {
  const bodies: string[] = [];
  return {
    bodies,
    answer: (...[response, request, body]: Parameters<Parameters<typeof at>[0]>): void => {
      bodies.push(body);
      const refused =
        request.method === "POST" && fields.some((field) => body.includes(`"${field}"`));
      if (refused) json(400, refusal)(response);
      else if (request.method === "POST") json(201, { id: "1", key: "IR-1" })(response);
      else json(500, {})(response);
    },
  };
}

const cannot = "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown.";

describe("a refusal in another envelope", () => {
  it.each([
    ["errorMessages", { errorMessages: [cannot], errors: {} }],
    ["a message", { message: cannot, "status-code": 400 }],
    ["a list of errors", { errors: [{ field: "priority", message: "cannot be set" }] }],
    ["an error with a message", { error: { message: cannot } }],
    ["another case", { errorMessages: [], errors: { Priority: "cannot be set" } }],
    ["nothing that names a field", { oops: true }],
  ])("FR-J1: is understood as %s", async (_what, refusal) => {
    const server = refusing(["priority"], refusal);
    const { jira } = await at(server.answer);
    expect(await jira.create(issue)).toMatchObject({ id: "1" });
    expect(server.bodies.at(-2)).toContain('"labels"');
  });

  it("FR-J1: that names nothing costs at most four tries, and a ticket of the summary alone", async () => {
    const server = refusing(["priority", "labels", "description"], "no");
    const { jira } = await at(server.answer);
    expect(await jira.create(issue)).toMatchObject({ id: "1" });
    const created = server.bodies.filter((body) => body !== "");
    expect(created).toHaveLength(4);
    expect(created.at(-1)).toContain("it was seen");
  });
});
