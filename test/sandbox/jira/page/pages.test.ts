import { describe, expect, it } from "vitest";
import type { JiraSandbox } from "../../../../src/sandbox/jira/server.ts";
import { fakeClock } from "../../../fakes/clock.ts";
import { askAs, fields, withTicket } from "../ask.ts";

async function page(place: JiraSandbox, path: string): Promise<string> {
  return (await fetch(`${place.url}${path}`)).text();
}

function post(
  place: JiraSandbox,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = new URLSearchParams(form);
  return fetch(`${place.url}/browse/IR-1`, { method: "POST", body, headers, redirect: "manual" });
}

const deployments = ["Cloud", "Server"] as const;

describe("the sandbox's pages", () => {
  it("show the board in three columns, and a ticket with its comments, escaped", async () => {
    const place = await withTicket();
    const description = "*bold*\n<script>alert(1)</script>";
    const body = { fields: { ...fields, summary: "<b>x</b>", description } };
    await askAs(place, "POST /issue", { as: "bot", body });
    await askAs(place, "POST /issue/IR-2/comment", { as: "sarah", body: { body: "<i>note</i>" } });
    const list = await page(place, "/");
    expect(list.match(/class="column"/g)).toHaveLength(3);
    expect(list).toContain('href="/browse/IR-2"><small>IR-2</small> &lt;b&gt;x&lt;/b&gt;');
    const ticket = await page(place, "/browse/IR-2");
    expect(ticket).toContain("<strong>bold</strong><br>&lt;script&gt;");
    expect(ticket).toContain("<b>Sarah</b>");
    expect(ticket).toContain("&lt;i&gt;note&lt;/i&gt;");
    expect(ticket).not.toMatch(/<script|<i>/);
    expect(ticket).toContain("simulated");
    expect((await fetch(`${place.url}/browse/IR-9`)).status).toBe(404);
  });

  it.each(deployments)(
    "take a comment, a move, an assignee and a priority of a person (%s)",
    async (deployment) => {
      const place = await withTicket({ deployment });
      const answer = await post(place, { as: "sarah", do: "comment", body: "dw status\r\nplease" });
      expect([answer.status, answer.headers.get("location")]).toEqual([
        303,
        "/browse/IR-1?as=sarah",
      ]);
      await post(place, { as: "sarah", do: "assign", assignee: "sarah" });
      await post(place, { as: "sarah", do: "weigh", priority: "Highest" });
      await post(place, { as: "sarah", do: "move 31" });
      expect(place.issues()).toMatchObject([
        {
          comments: [{ author: "sarah", body: "dw status\nplease" }],
          assignee: "sarah",
          priority: "Highest",
          status: { name: "Done" },
          history: [{ author: "sarah" }, { author: "sarah" }, { author: "sarah" }],
        },
      ]);
      expect(place.ledger.filter(({ user }) => user === "sarah").map(({ what }) => what)).toEqual([
        "comment_added",
        "issue_assigned",
        "issue_edited",
        "issue_resolved",
      ]);
      await post(place, { as: "sarah", do: "assign", assignee: "" });
      await post(place, { as: "sarah", do: "move 41" });
      expect(place.issues()).toMatchObject([{ assignee: undefined, status: { name: "To Do" } }]);
      expect(await page(place, "/browse/IR-1?as=sarah")).toContain(
        '<option value="sarah" selected>',
      );
    },
  );

  it("lead to the comment that was changed last, which an answer is added to, by an address that is new each time", async () => {
    const clock = fakeClock();
    const place = await withTicket({ clock });
    const comment = (line: string, as: string, body: string) =>
      askAs(place, `${line} /issue/IR-1/comment`, { as, body: { body } });
    await comment("POST", "bot", "first");
    await comment("POST", "sarah", "second");
    await clock.advance(1000);
    const [{ id } = { id: "" }] = place.issues()[0]?.comments ?? [];
    await askAs(place, `PUT /issue/IR-1/comment/${id}`, { as: "bot", body: { body: "edited" } });
    const shown = await page(place, "/browse/IR-1?as=sarah");
    expect(shown.match(/id="newest"/g)).toHaveLength(1);
    expect(shown).toMatch(/id="newest">(?:(?!<article).)*edited/s);
    const link = /href="(\/browse\/IR-1\?as=sarah&amp;at=\d+#newest)"/;
    const [, first] = link.exec(shown) ?? [];
    await clock.advance(1);
    const [, second] = link.exec(await page(place, "/browse/IR-1?as=sarah")) ?? [];
    expect([first === undefined, second === first]).toEqual([false, false]);
  });

  it("say why an act was refused, and that there is no such person or act", async () => {
    const place = await withTicket();
    const refused = await post(place, { as: "sarah", do: "comment", body: " " });
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining("Comment body can not be empty!"),
    ]);
    for (const form of [
      { as: "nobody", do: "comment" },
      { as: "rule", do: "comment" },
      { as: "sarah", do: "dance" },
      {},
    ])
      expect((await post(place, { body: "x", ...form })).status).toBe(400);
    expect(place.issues()[0]?.comments).toEqual([]);
  });

  it("take nothing from the page of somebody else", async () => {
    const place = await withTicket();
    const form = { as: "sarah", do: "comment", body: "x" };
    expect((await post(place, form, { origin: "http://evil.example" })).status).toBe(403);
    expect((await post(place, form, { origin: "null" })).status).toBe(403);
    expect((await post(place, form, { origin: place.url })).status).toBe(303);
    expect(place.issues()[0]?.comments).toHaveLength(1);
  });

  it("run no script, and are shown in no frame", async () => {
    const place = await withTicket();
    const policy = (await fetch(place.url)).headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("script-src");
  });
});
