/** Plays a history: what each kind of step does to the world. */
import type { Incident } from "../../src/incidents/incident.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import { answerOf } from "./memory-store.ts";
import type { SafetyOracle } from "./oracle.ts";
import { sayOn } from "./people.ts";
import { Killed } from "./process.ts";
import { type History, models, type Step } from "./steps.ts";
import { type LedgerFor, World } from "./world.ts";

/** What a history came to. */
export interface Played {
  readonly oracle: SafetyOracle;
  /** How often runs were decided, by status. */
  readonly decided: ReadonlyMap<string, number>;
  /** How often each gate said no. */
  readonly denials: ReadonlyMap<string, number>;
}

/** @param ledgerFor left out, the ledger is in memory */
export async function play(history: History, ledgerFor?: LedgerFor): Promise<Played> {
  const world = new World(history.settings, ledgerFor);
  const back = backups();
  for (const step of history.steps) {
    world.count += 1;
    await happen(step, world, back);
  }
  return world;
}

type StepOf<Kind extends Step["kind"]> = Extract<Step, { readonly kind: Kind }>;
type Happening<Kind extends Step["kind"]> = (
  world: World,
  step: StepOf<Kind>,
  back: Backups,
) => void | Promise<void>;

function happen<Kind extends Step["kind"]>(
  step: StepOf<Kind> & { readonly kind: Kind },
  world: World,
  back: Backups,
): void | Promise<void> {
  const how: Happening<Kind> = happenings[step.kind];
  return how(world, step, back);
}

const happenings: { readonly [Kind in Step["kind"]]: Happening<Kind> } = {
  episode,
  recovers,
  together,
  drain,
  say,
  silence,
  work: async (world, { process, pick, diesAt }) => {
    const taken = picked(world.due(), pick);
    if (taken !== undefined) await world.carry(taken, process, pauses({ diesAt }));
  },
  unsilence: (world, { incident: n }) => {
    const incident = picked([...world.store.rows.incidents.values()], n);
    if (incident === undefined) return;
    const said = { type: "commanded", command: `s${world.count}`, by: "sarah" } as const;
    world.store.record({ ...said, deed: { kind: "unsilence" } }, incident.id);
    world.knownOf(incident.id).silentUntilMs = undefined;
  },
  wish: async (world, step) => {
    const incidents = world.store.rows.incidents;
    for (let time = 0; time < (step.again ? 2 : 1); time += 1) {
      const incident = picked([...incidents.values()], step.incident);
      if (incident !== undefined) await world.wish(step, incident, `w${world.count}#0`);
    }
  },
  time: (world, { ms }) => world.pass({ ms, aheadMs: 0 }),
  clock: (world, { ms }) => world.pass({ ms: 0, aheadMs: ms }),
  config: (world, { fix, settings, process }) => {
    for (const [n, all] of world.settings.entries())
      if (process === undefined || process === n) world.settings[n] = { ...all, [fix]: settings };
  },
  selects: ({ engine }, { fix, selection }) => {
    engine.selections[fix] = selection;
  },
  container: ({ engine }, { name, fate }) => {
    engine.containers[name].fate = fate;
  },
  around: ({ engine }, { name, hasDependants, healthy }) => {
    Object.assign(engine.containers[name], { hasDependants, healthy });
  },
  recreated: ({ engine }, { name }) => engine.recreate(name),
  engine: ({ engine }, { away }) => {
    engine.away = away;
  },
  model: (world, { says: outcome }) => {
    const question = world.store.rows.questions.shift();
    if (question === undefined) return;
    const { storeMs: nowMs } = world.now();
    const incident = world.store.incidentOfRun(question.run);
    if (outcome !== "recovered" && incident !== undefined) seen(world, incident, nowMs);
    world.oracle.verified(question.run, outcome);
    world.store.record(answerOf(question, { nowMs, outcome, n: world.count }), incident);
  },
  freeze: (world, { feature, inMs, ms }) => {
    const declaredAtMs = world.now().storeMs;
    const atMs = declaredAtMs + inMs;
    const open = { endedAtMs: null, endedBy: null };
    const by = { reason: "drawn", by: "sarah", atMs, declaredAtMs, ...open };
    const matchers = feature === undefined ? {} : { features: [feature] };
    const id = `f${world.count}`;
    world.store.rows.freezes.push({ ...by, id, name: id, untilMs: atMs + ms, matchers });
    // One that begins at once holds, whatever becomes of the clock.
    const fromMs = inMs === 0 ? Number.NEGATIVE_INFINITY : atMs;
    world.freezes.push({ id, feature, fromMs, untilMs: atMs + ms });
  },
  unfreeze: (world) => {
    const { freezes } = world.store.rows;
    const last = freezes.pop();
    if (last === undefined) return;
    freezes.push({ ...last, endedAtMs: world.now().storeMs, endedBy: "sarah" });
    world.freezes = world.freezes.filter(({ id }) => id !== last.id);
  },
  backup: (world, _step, back) => back.make(world),
  restore: (world, _step, back) => back.restore(world),
};

/** The first two models share an incident while one of them is in one. */
function episode(world: World, { model, feature, severe, ageMs, warm }: StepOf<"episode">): void {
  const name = models[model] ?? models[0];
  const { store } = world;
  const placed = placedIn(world, model) ?? store.incidentOf(name);
  const nowMs = world.now().storeMs;
  const event = episodeOpened({
    id: `e${world.count}`,
    model: name,
    at: nowMs * 1000,
    newestRow: (nowMs - ageMs) * 1000,
    kind: severe ? "bad_values" : "shift",
    warmUp: warm ? undefined : "provisional",
    features: episodeOpened().features.map((blamed) => ({ ...blamed, feature })),
  });
  store.record(event, placed?.id);
  const incident = store.incidentOf(name)?.id ?? "";
  seen(world, incident, nowMs - ageMs);
  const known = { isWarm: warm, silentUntilMs: undefined, feature };
  Object.assign(world.knownOf(incident), known);
  world.oracle.opened(incident);
}

/** The open incident of the model that may share it. */
function placedIn({ store }: World, model: number): Incident | undefined {
  const partner = model < 2 ? models[1 - model] : undefined;
  const incident = partner && store.incidentOf(partner);
  return incident?.state === "open" ? incident : undefined;
}

function seen(world: World, incident: string, ms: number): void {
  const known = world.knownOf(incident);
  known.evidenceMs = Math.max(known.evidenceMs, ms);
}

function recovers(world: World, { model: n }: StepOf<"recovers">): void {
  const model = models[n] ?? models[0];
  const incident = world.store.incidentOf(model);
  const member = world.store.memberOf(incident?.id, model);
  if (member?.state !== "joined") return;
  const at = world.now().storeMs * 1000;
  const id = `c${world.count}`;
  world.store.record(episodeClosed({ id, episode: member.episode.id, model, at }), incident?.id);
}

async function together(world: World, { works, turns, same }: StepOf<"together">): Promise<void> {
  const due = world.due();
  const first = picked(due, works[0].pick);
  const others = due.filter((one) => one !== first);
  const second = same ? first : picked(others, works[1].pick);
  await Promise.all(
    works.map(async ({ process, diesAt }, n) => {
      const taken = n === 0 ? first : second;
      if (taken === undefined) return;
      const own = turns.filter((_, place) => place % 2 === n);
      // The second takes over in the middle of what the first does.
      if (same && n === 1) await rounds(own[0] ?? 0);
      await world.carry(taken, process, pauses({ diesAt, turns: own }));
    }),
  );
}

/** Everything that is due is done, in order, by one process after the other. */
async function drain(world: World): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    const [taken] = world.due();
    if (taken === undefined) return;
    await world.carry(taken, n % 3, pauses({}));
  }
}

async function say(world: World, step: StepOf<"say">): Promise<void> {
  const { store, oracle, count } = world;
  const all = [...store.rows.incidents.values()];
  const waits = all.filter(({ runs }) => runs.some(({ status }) => status === "proposed"));
  const incident = picked(waits.length > 0 ? waits : all, step.incident);
  if (incident === undefined) return;
  const at = world.now();
  for (let time = 0; time < (step.again ? 2 : 1); time += 1) {
    const saying = { ...step, id: `${count}#${time}`, nowMs: at.storeMs };
    const { text, event, shown } = sayOn(incident.id, saying, store);
    oracle.words.said(text, { who: step.who, incident: incident.id, at, shown });
    if (event !== undefined) store.record(event, incident.id);
  }
  const taken = world.due().findLast((one) => one.incident === incident.id);
  if (step.begins === undefined || taken === undefined) return;
  await world.carry(taken, step.incident, pauses({ diesAt: step.begins }));
}

function silence(world: World, { incident: n, ms }: StepOf<"silence">): void {
  const incident = picked([...world.store.rows.incidents.values()], n);
  if (incident === undefined) return;
  const untilMs = world.now().storeMs + ms;
  const said = { type: "commanded", command: `s${world.count}`, by: "sarah" } as const;
  world.store.record({ ...said, deed: { kind: "silence", untilMs } }, incident.id);
  const known = world.knownOf(incident.id);
  known.silentUntilMs = incident.state === "open" ? untilMs : undefined;
}

interface Backups {
  readonly make: (world: World) => void;
  readonly restore: (world: World) => void;
}

/** A backup of the store, and of what people outside would then remember. */
function backups(): Backups {
  let asked: ReturnType<SafetyOracle["words"]["memory"]> = [];
  let freezes: World["freezes"] = [];
  let known = new Map<string, ReturnType<World["knownOf"]>>();
  return {
    make: ({ store, oracle, known: now, freezes: held }) => {
      store.back();
      freezes = [...held];
      asked = oracle.words.memory();
      known = structuredClone(now);
    },
    restore: (world) => {
      world.store.restore();
      world.known = structuredClone(known);
      world.freezes = [...freezes];
      world.oracle.restored(asked);
      world.restoredAtMs = world.now().storeMs;
    },
  };
}

function picked<Item>(items: readonly Item[], n: number): Item | undefined {
  return items[n % Math.max(1, items.length)];
}

interface Pausing {
  /** At this call the process dies; left out or 0, it lives. */
  readonly diesAt?: number;
  /** How many rounds of the queue of promises each call waits, in turns. */
  readonly turns?: readonly number[];
}

function pauses({ diesAt = 0, turns = [] }: Pausing): () => Promise<void> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (diesAt > 0 && calls >= diesAt) throw new Killed("the process died");
    await rounds(turns[calls % Math.max(1, turns.length)] ?? 0);
  };
}

async function rounds(times: number): Promise<void> {
  for (let n = 0; n < times * 3; n += 1) await Promise.resolve();
}
