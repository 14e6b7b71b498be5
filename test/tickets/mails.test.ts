/** Part 9 of "one fault, one ticket": what an incident costs those who watch its ticket, by the Jira double's count. */
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { RunSummary } from "../../src/incidents/incident.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import { IncidentLife } from "./incident-life.ts";

const minute = 60_000;

/** Counts mails from each opening of a ticket to the next. What a person did, and the answer to it, is not counted. */
class MailLedger {
  readonly #jira: JiraSandbox;
  readonly #counted = new Map<string, number>();
  readonly #since = new Map<string, number>();
  #read = 0;
  most = 0;
  opened = 0;

  constructor(jira: JiraSandbox) {
    this.#jira = jira;
    this.#read = jira.ledger.length;
    for (const { key } of jira.issues()) this.#counted.set(key, jira.mails(key));
  }

  look(isCounted: boolean): void {
    const news = this.#jira.ledger.slice(this.#read);
    this.#read += news.length;
    for (const { key } of this.#jira.issues()) {
      const now = this.#jira.mails(key);
      const more = now - (this.#counted.get(key) ?? 0);
      this.#counted.set(key, now);
      const opens = news.some(
        ({ issue, what }) =>
          issue === key && (what === "issue_created" || what === "issue_reopened"),
      );
      if (opens) this.opened += 1;
      const before = opens ? 0 : (this.#since.get(key) ?? 0);
      this.#since.set(key, before + (isCounted || opens ? more : 0));
      this.most = Math.max(this.most, this.#since.get(key) ?? 0);
    }
  }
}

const kinds = ["shift", "leak", "silent", "frozen"] as const;
const gates = ["cooldown", "budget", "fresh", "storm", "refused"] as const;
const outcomes = ["recovered", "not_recovered", "inconclusive"] as const;

interface Model {
  readonly key: string;
  episode: string | undefined;
}

/** One model or several of one source, and whatever may happen to their incidents. */
class Story {
  readonly ledger: MailLedger;
  readonly #life: IncidentLife;
  readonly #jira: JiraSandbox;
  readonly #models: readonly Model[];
  #n = 0;

  constructor(jira: JiraSandbox, name: string, models: number) {
    this.#jira = jira;
    this.ledger = new MailLedger(jira);
    this.#life = new IncidentLife(jira, (effect) => {
      const isAnswer = effect.kind === "ticket.comment" && effect.note.about === "closed_by_hand";
      this.ledger.look(!isAnswer);
    });
    this.#models = Array.from({ length: models }, (_, n) => ({
      key: `t/prod/${name}/m${n}`,
      episode: undefined,
    }));
  }

  readonly happenings: Readonly<Record<string, (lot: number) => Promise<void>>> = {
    breaks: (lot) => this.#opens(lot, kinds[lot % kinds.length] ?? "shift"),
    recovers: (lot) => this.#closes(lot),
    passes: (lot) => this.#life.pass((lot % 40) * minute),
    denied: (lot) =>
      this.#run(lot, {
        status: "denied",
        gate: gates[lot % gates.length] ?? "budget",
        retryAtMs: lot % 2 === 0 ? this.#life.nowMs + minute : undefined,
      }),
    observed: (lot) => this.#run(lot, { status: "observed" }),
    acted: (lot) => this.#run(lot, { status: "acted" }),
    failed: (lot) => this.#run(lot, { status: lot % 2 === 0 ? "failed" : "unknown" }),
    verified: (lot) => this.#verified(lot),
    unanswered: (lot) => this.#unanswered(lot),
    closed: () => this.#closedByHand(),
  };

  async end(): Promise<void> {
    for (let n = 0; n < this.#models.length; n++) await this.#closes(n);
    await this.#life.pass(60 * minute);
  }

  get statuses(): readonly string[] {
    const known = new Set(this.#life.incidents.map(({ ticket }) => ticket?.key));
    return this.#jira.issues().flatMap(({ key, status }) => (known.has(key) ? [status.name] : []));
  }

  async #opens(lot: number, kind: (typeof kinds)[number]): Promise<void> {
    const model = this.#models[lot % this.#models.length];
    if (model === undefined) return;
    model.episode = `${model.key} ${++this.#n}`;
    const at = this.#life.nowMs * 1000;
    const { key, episode: id } = model;
    await this.#life.take(episodeOpened({ id, model: key, at, newestRow: at, kind }), undefined);
  }

  async #closes(lot: number): Promise<void> {
    const model = this.#models[lot % this.#models.length];
    if (model?.episode === undefined) return;
    const { key, episode } = model;
    model.episode = undefined;
    await this.#tell(key, episodeClosed({ id: `c ${episode}`, episode, model: key }));
  }

  /** About the incident that the model is in. */
  async #tell(model: string, event: IncidentEvent): Promise<void> {
    const incident = this.#incidentOf(model);
    if (incident !== undefined) await this.#life.take(event, incident);
  }

  #incidentOf(model: string): string | undefined {
    return this.#life.incidents.findLast(({ episode, subject }) =>
      [episode, subject].some((one) => JSON.stringify(one).includes(`"${model}"`)),
    )?.id;
  }

  async #run(lot: number, change: Partial<RunSummary>): Promise<void> {
    const incident = this.#life.incidents.at(lot % Math.max(1, this.#life.incidents.length));
    if (incident === undefined) return;
    const run: RunSummary = {
      id: `${incident.id} ${change.status} ${lot % 5}`,
      fix: "restart-svc",
      remediation: "restart-container",
      target: "my-service",
      atMs: this.#life.nowMs,
      status: "acted",
      detail: `Said at ${++this.#n}.`,
      ...change,
    };
    await this.#life.take({ type: "run_changed", run }, incident.id);
  }

  async #verified(lot: number): Promise<void> {
    for (const { id, runs } of this.#life.incidents) {
      const run = runs.find(({ status, outcome }) => status === "acted" && outcome === undefined);
      if (run === undefined) continue;
      const outcome = outcomes[lot % outcomes.length] ?? "recovered";
      const about = { id: `v${++this.#n}`, run: run.id, model: "", at: this.#life.nowMs * 1000 };
      await this.#life.take({ type: "verified", ...about, outcome, detail: "3 of 3." }, id);
      return;
    }
  }

  async #unanswered(lot: number): Promise<void> {
    const model = this.#models[lot % this.#models.length];
    if (model?.episode === undefined) return;
    const { key, episode } = model;
    const at = this.#life.nowMs * 1000;
    const asked = { id: `u${++this.#n}`, episode, model: key, at, since: at - 3_600_000_000 };
    await this.#tell(key, { type: "episode_unanswered", ...asked });
  }

  /** A person closes every ticket, and it is noticed. */
  async #closedByHand(): Promise<void> {
    for (const { id, ticket, episode } of this.#life.incidents) {
      if (ticket === undefined) continue;
      await closeAs("sarah", this.#jira.url, ticket.key);
      this.ledger.look(false);
      const seen = { type: "ticket_seen", ticket: ticket.id, as: "closed" } as const;
      await this.#life.take({ ...seen, episode: episode.id }, id);
    }
  }
}

async function closeAs(user: string, url: string, key: string): Promise<void> {
  const body = JSON.stringify({ transition: { id: "31" } });
  const headers = {
    authorization: `Basic ${btoa(`${user}:secret`)}`,
    "content-type": "application/json",
  };
  await fetch(`${url}/rest/api/2/issue/${key}/transitions`, { method: "POST", headers, body });
}

async function sandbox(options: Parameters<typeof startJiraSandbox>[0] = {}): Promise<JiraSandbox> {
  const jira = await startJiraSandbox(options);
  onTestFinished(() => jira.stop());
  return jira;
}

const names =
  "breaks breaks breaks recovers recovers passes passes denied observed acted failed verified unanswered closed".split(
    " ",
  );
const happening = fc.record({ what: fc.constantFrom(...names), lot: fc.nat(1000) });
const lives = fc.record({
  models: fc.constantFrom(1, 3, 8),
  happenings: fc.array(happening, { minLength: 20, maxLength: 60 }),
});

describe("the mails of an incident", () => {
  it("are at most five from each opening of its ticket to its closing, whatever happens in it", async () => {
    const jira = await sandbox();
    let opened = 0;
    let most = 0;
    let n = 0;
    const holds = fc.asyncProperty(lives, async ({ models, happenings }) => {
      const story = new Story(jira, `s${n++}`, models);
      for (const { what, lot } of happenings) await story.happenings[what]?.(lot);
      await story.end();
      expect(story.ledger.most).toBeLessThanOrEqual(5);
      expect(story.statuses.filter((status) => status !== "Done")).toEqual([]);
      opened += story.ledger.opened;
      most = Math.max(most, story.ledger.most);
    });
    await fc.assert(holds, { numRuns: 6, seed: 11, endOnFailure: true });
    expect(opened).toBeGreaterThan(6);
    expect(most).toBeGreaterThanOrEqual(4);
  });

  it("are none for joins, leaves, repeats, refused and observed runs and retries, not even the first", async () => {
    const jira = await sandbox();
    const story = new Story(jira, "quiet", 3);
    await story.happenings["breaks"]?.(0);
    await story.happenings["passes"]?.(1);
    expect(story.ledger.most).toBe(1);
    for (let lot = 0; lot < 12; lot++) {
      for (const what of ["breaks", "denied", "observed", "acted", "recovers", "passes"])
        await story.happenings[what]?.(lot % 3 === 0 ? lot : 1);
    }
    expect(story.ledger.most).toBe(1);
    expect(jira.issues()[0]?.description).toContain("was refused");
    expect(jira.issues().flatMap(({ comments }) => comments)).toEqual([]);
  });
});
