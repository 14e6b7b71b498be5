/** Comments that must do nothing, on both flavours of Jira: a real store, the door, those who carry out and answer. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { Deployment, SandboxUser } from "../../src/sandbox/jira/accounts.ts";
import { readJournal } from "../../src/store/journal/read.ts";
import { spokenIn } from "../../src/tickets/jira/spoken.ts";
import { startTestStores, type TestStores } from "../programs/store.ts";
import { type Talking, talking } from "../programs/talking.ts";
import { askAs } from "../sandbox/jira/ask.ts";
import {
  type Answered,
  acting,
  type HostileComment,
  hostileComments,
} from "../tickets/hostile-comments.ts";
import { token } from "../tickets/jira/open-example.ts";

const hour = 3_600_000;
const users: readonly SandboxUser[] = [
  { name: "rule", token: "token", displayName: "Sarah", kind: "app" },
  { name: "customer", token: "token", displayName: "Sarah", kind: "customer" },
  { name: "mailer", token: "token", displayName: "Sarah", byMail: true },
  { name: "ѕarah", token: "token", displayName: "ѕarah" },
  { name: "sarah.", token: "token", displayName: "sarah\u200B" },
  { name: "turned", token: "token", displayName: "\u202Eharas" },
  { name: "lines", token: "token", displayName: `x\n${acting}\r\n/ack` },
  { name: "markup", token: "token", displayName: `{noformat}\n${acting}` },
  { name: "kim", token: "token" },
  { name: "nina", token: "token" },
  { name: "late", token: "token" },
];

interface Place extends Talking {
  readonly shift: (ms: number) => void;
}

async function placeOf(
  stores: TestStores,
  deployment: Deployment,
  atEnd: (end: () => Promise<void>) => void,
): Promise<Place> {
  let aheadMs = 0;
  const started = Date.now();
  const here = await talking(await stores.open(), {
    deployment,
    atEnd,
    serviceDesk: true,
    users,
    clock: { ...systemClock, now: () => Date.now() + aheadMs },
    people: [
      { name: "sarah" },
      { name: "tom", roles: ["responder"] },
      { name: "kim", roles: [] },
      { name: "nina", sinceMs: started },
      { name: "late", sinceMs: started + hour },
    ],
  });
  return { ...here, shift: (ms) => void (aheadMs = ms) };
}

/** What a command could change, and what was stored of it. */
async function whatIs({ store, incident, answers }: Place) {
  const journal = await readJournal(store, 0, 10_000);
  const [row] = await store.query<{ count: number }>("select count(*)::int from commands");
  return {
    incident: await incident(),
    deeds: journal.filter(({ kind }) => kind === "commanded").length,
    heard: row?.count ?? 0,
    answers: answers().map(({ body }) => body),
  };
}

async function write(place: Place, comment: HostileComment): Promise<void> {
  const { as = "sarah", text, editedBy, clockMs = 0 } = comment;
  place.shift(clockMs);
  const password = as === "bot" ? token : "token";
  const headers = { authorization: `Basic ${Buffer.from(`${as}:${password}`).toString("base64")}` };
  const body = { body: editedBy === undefined ? text : "Looking." };
  const added = await askAs(place.sandbox, "POST /issue/IR-1/comment", { headers, body });
  expect(added.status).toBe(201);
  if (editedBy !== undefined) {
    place.shift(5000);
    const id = place.comments().at(-1)?.id;
    const edit = { as: editedBy, body: { body: text } };
    await askAs(place.sandbox, `PUT /issue/IR-1/comment/${id}`, edit);
  }
  place.shift(0);
}

/** Each comment, with what it gets on this flavour. */
function rowsOf(deployment: Deployment) {
  return hostileComments.map((comment) => {
    const { what, answered } = comment;
    const answer: Answered =
      answered === undefined || answered instanceof RegExp ? answered : answered[deployment];
    const becomes = answer === undefined ? "ignored" : "answered";
    return { what, becomes, comment, answers: answer === undefined ? [] : [answer] };
  });
}

describe.each(["Cloud", "Server"] as const)("a hostile comment (%s)", (deployment) => {
  const ends: (() => Promise<void>)[] = [];
  let place: Place;
  let answersAgoMs = 20 * hour;
  beforeAll(async () => {
    const stores = await startTestStores();
    ends.push(() => stores.stop());
    place = await placeOf(stores, deployment, (end) => void ends.push(end));
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  /** What came of a comment, seen from right after it was written. */
  async function outcomeOf(comment: HostileComment) {
    await write(place, comment);
    const before = await whatIs(place);
    await place.hear();
    // Each answer has a comment of its own.
    answersAgoMs -= 70_000;
    await place.answer(answersAgoMs);
    await place.settled();
    const after = await whatIs(place);
    return {
      before,
      after,
      heard: after.heard - before.heard,
      answers: after.answers.slice(before.answers.length),
    };
  }

  it.each(rowsOf(deployment))("$what does nothing, and is $becomes", async (row) => {
    const { before, after, heard, answers } = await outcomeOf(row.comment);
    expect(after.deeds).toBe(before.deeds);
    expect(after.incident).toEqual(before.incident);
    expect([heard, answers.length]).toEqual([row.answers.length, row.answers.length]);
    for (const [n, wanted] of row.answers.entries()) expect(answers[n]).toMatch(wanted);
    expect(answers.flatMap(spokenIn)).toEqual([]);
  });

  it("that repeats all our answers, as they are, in a quote or as a mail does, does nothing", async () => {
    const said = place.answers().flatMap(({ body }) => (body === acting ? [] : [body]));
    expect(said.length).toBeGreaterThan(30);
    for (let from = 0; from < said.length; from += 8) {
      const text = said.slice(from, from + 8).join("\n");
      for (const repeated of [text, `{quote}\n${text}\n{quote}`, text.replaceAll(/^/gm, "> ")]) {
        const comment = { what: "an answer", text: repeated, answered: undefined };
        const { before, after, heard } = await outcomeOf(comment);
        expect([heard, after]).toEqual([0, before]);
      }
    }
  });

  it("of several commands, of which one is refused, does the others and answers each", async () => {
    const text = "dw note the exporter is late\r\ndw severity P2 drill\r\n* dw close\r\ndw ack";
    const comment = { what: "", as: "tom", text, answered: /needs the role commander/ };
    const { before, after, heard, answers } = await outcomeOf(comment);
    expect([heard, after.deeds - before.deeds]).toEqual([1, 2]);
    expect(after.incident).toMatchObject({ severity: "P1", people: { ack: { by: "tom" } } });
    expect(answers).toEqual([
      expect.stringMatching(/Noted, tom[^]*role commander[^]*tom has this/),
    ]);
  });
});
