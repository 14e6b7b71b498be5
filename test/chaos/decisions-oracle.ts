/** Oracle (b), stream → decisions and states: bit for bit what one undisturbed pass over the recorded stream gives. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "../programs/postgres.ts";
import { type Recorded, statesGoneBack } from "./recording.ts";

export interface DecisionEvent {
  readonly type: string;
  readonly id: string;
  readonly model: string;
  /** Own time, microseconds. */
  readonly at?: number;
  /** Of a closed one, the id of what it closes. */
  readonly episode?: string;
  readonly kind?: string;
  readonly features?: readonly { readonly feature: string; readonly part: number }[];
}

export interface DecisionsVerdict {
  readonly equal: boolean;
  /** The decisions of the clean pass, in order. */
  readonly events: readonly DecisionEvent[];
  readonly wrong: readonly string[];
}

export interface PassOptions {
  readonly dist: string;
  readonly configFile: string;
  /** For the files that the pass reads. */
  readonly folder: string;
  readonly storeUrl: string;
}

interface Line {
  readonly decision?: Readonly<Record<"partition" | "offset" | "id" | "event", string | number>>;
  readonly state?: Readonly<Record<"partition" | "model" | "through" | "bytes", string | number>>;
}

const cleanPass = new URL("clean-pass.mjs", import.meta.url).pathname;
const run = promisify(execFile);

const decisionsSql = `SELECT partition, "offset"::int AS "offset", id, event::text AS event FROM driftwarden.decisions`;
const statesSql = `SELECT partition, model, applied_through::int AS through, encode(state, 'base64') AS bytes
FROM driftwarden.states`;

export async function judgeDecisions(
  options: PassOptions,
  recorded: readonly Recorded[],
): Promise<DecisionsVerdict> {
  const stored = await sql(options.storeUrl, decisionsSql);
  const states = await sql(options.storeUrl, statesSql);
  const lines = await pass(options, recorded, states);
  const decided = new Map(
    // A decision met again has the id of the first one, which stands.
    lines
      .flatMap(({ decision }) => (decision ? [[String(decision.id), decision] as const] : []))
      .toReversed(),
  );
  const wrong = [
    ...(await statesGoneBack(options.storeUrl)),
    ...differences("decision", stored.map(decisionText), [...decided.values()].map(decisionText)),
    ...differences(
      "state",
      states.map(stateText),
      lines.flatMap(({ state }) => (state ? [stateText(state)] : [])),
    ),
  ];
  const events = [...decided.values()].map(({ event }) => JSON.parse(String(event)));
  return { equal: wrong.length === 0, events, wrong };
}

/**
 * For a group of two versions: they may decide differently, so no pass gives what both have stored. Judges the stored
 * decisions by themselves.
 */
export async function judgeStored({
  storeUrl,
}: Pick<PassOptions, "storeUrl">): Promise<DecisionsVerdict> {
  const events = await storedDecisions(storeUrl);
  const wrong = [...(await statesGoneBack(storeUrl)), ...wrongEpisodes(events)];
  return { equal: wrong.length === 0, events, wrong };
}

/** A model has one open episode at most. What is closed was open, and is closed once. */
export function wrongEpisodes(events: readonly DecisionEvent[]): readonly string[] {
  const open = new Map<string, string>();
  const wrong: string[] = [];
  for (const { type, id, model } of events) if (type === "episode_opened") open.set(id, model);
  for (const { type, id, episode = "" } of events) {
    if (type !== "episode_closed" || open.delete(episode)) continue;
    wrong.push(`${id} closes ${episode}, which is not open`);
  }
  const models = [...open.values()];
  const twice = models.filter((model, place) => models.indexOf(model) !== place);
  return [...wrong, ...twice.map((model) => `${model} has two open episodes`)];
}

/** The decisions of one undisturbed pass, without those in the store. */
export async function decisionsIn(
  options: PassOptions,
  recorded: readonly Recorded[],
): Promise<readonly DecisionEvent[]> {
  const lines = await pass(options, recorded, []);
  return lines.flatMap(({ decision }) => (decision ? [JSON.parse(String(decision.event))] : []));
}

/** The stored decisions of the daemons. Used only to wait, never to judge. */
export async function storedDecisions(storeUrl: string): Promise<readonly DecisionEvent[]> {
  const stored = await sql(storeUrl, `${decisionsSql} ORDER BY partition, "offset"`);
  return stored.map(({ event }) => JSON.parse(String(event)));
}

const decisionText = (row: Readonly<Record<string, unknown>>): string =>
  [row["partition"], row["offset"], row["id"], row["event"]].join(" ");

const stateText = (row: Readonly<Record<string, unknown>>): string =>
  [row["partition"], row["through"], row["model"], String(row["bytes"]).replaceAll("\n", "")].join(
    " ",
  );

async function pass(
  { dist, configFile, folder }: PassOptions,
  recorded: readonly Recorded[],
  wanted: readonly unknown[],
): Promise<readonly Line[]> {
  const recordedFile = join(folder, "recorded.jsonl");
  const wantedFile = join(folder, "wanted.json");
  const lines = recorded.map(({ partition, offset, bytes }) =>
    JSON.stringify({ partition, offset, bytes: bytes.toString("base64") }),
  );
  await writeFile(recordedFile, lines.join("\n"));
  await writeFile(wantedFile, JSON.stringify(wanted));
  const args = [cleanPass, dist, configFile, recordedFile, wantedFile];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 2 ** 30 });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Line => JSON.parse(line));
}

function differences(
  what: string,
  found: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  const there = new Set(found);
  const due = new Set(wanted);
  return [
    ...wanted
      .filter((text) => !there.has(text))
      .map((text) => `${what} missing: ${text.slice(0, 300)}`),
    ...found
      .filter((text) => !due.has(text))
      .map((text) => `${what} of its own: ${text.slice(0, 300)}`),
  ];
}
