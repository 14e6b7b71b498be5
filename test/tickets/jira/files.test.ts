import { describe, expect, it } from "vitest";
import type { JiraSandboxOptions } from "../../../src/sandbox/jira/server.ts";
import type { NewFile } from "../../../src/tickets/tracker.ts";
import { goodPermit } from "../../fakes/permit.ts";
import { sandbox } from "../../sandbox/jira/ask.ts";
import { at, errorOf, json, openExample } from "./open-example.ts";

const png: NewFile = {
  name: "driftwarden-1-ab.png",
  type: "image/png",
  bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 13, 10, 255]),
};

async function withIssue(options: JiraSandboxOptions) {
  const place = await sandbox(options);
  const { files, create } = openedAt(place.url);
  const { id } = await create();
  return { place, files, id };
}

function openedAt(url: string) {
  const jira = openExample(url);
  const issue = { summary: "s", description: [], labels: [], priority: undefined };
  return { files: jira.files!, create: () => jira.create(issue) };
}

const flavours = ["Cloud", "Server"] as const;

describe.each(flavours)("files of a ticket in Jira %s", (deployment) => {
  it("are stored byte for byte, listed by name, the oldest first, and removed", async () => {
    const { place, files, id } = await withIssue({ deployment });
    expect(await files.attach(id, png, goodPermit)).toBe(true);
    expect(await files.attach(id, { ...png, name: "b.png" })).toBe(true);
    expect(place.issues()[0]?.attachments[0]).toMatchObject({
      name: png.name,
      type: png.type,
      bytes: png.bytes,
    });
    const [first, second] = await files.list(id);
    expect([first?.name, second?.name]).toEqual([png.name, "b.png"]);
    expect(await files.remove(first!)).toBe(true);
    expect(await files.list(id)).toEqual([second]);
    expect(await files.remove(first!)).toBe(false);
  });

  it.each<[string, JiraSandboxOptions]>([
    ["they are disabled", { mostAttachedBytes: 0 }],
    ["the file is too large", { mostAttachedBytes: 1 }],
    ["we may not attach", { withoutPermissions: ["CREATE_ATTACHMENTS"] }],
  ])("are an answer, no error, where %s", async (_where, options) => {
    const { files, id } = await withIssue({ deployment, ...options });
    expect(await files.attach(id, png)).toBe(false);
    expect(await files.list(id)).toEqual([]);
  });

  it("may be stored although the answer was lost, and the error says so", async () => {
    const { place, files, id } = await withIssue({ deployment });
    place.fault({ path: /attachments$/, answer: "drop", afterEffect: true });
    const error = await errorOf(files.attach(id, png));
    expect(error).toMatchObject({ maybeApplied: true, retryable: true });
    expect(await files.list(id)).toHaveLength(1);
  });
});

const tooLarge = (response: Parameters<ReturnType<typeof json>>[0]): void => {
  response.writeHead(413, { "content-type": "text/html" });
  response.end("<h1>Request Entity Too Large</h1>");
};

describe("a proxy before Jira", () => {
  it("that takes no large request refuses a picture for good, whatever page it shows", async () => {
    const { jira } = await at(tooLarge);
    expect(await jira.files?.attach("1", png)).toBe(false);
  });

  it("that is ill is waited for", async () => {
    const { jira } = await at(json(503, {}));
    const attaching = jira.files!.attach("1", png);
    expect(await errorOf(attaching)).toMatchObject({ retryable: true, maybeApplied: true });
  });
});
