/** The world of a history: processes, people, an engine and a store, clocks, and the oracle that watches. */
import { calledFor } from "../../src/healing/fix.ts";
import type { RunLedger } from "../../src/healing/run-ledger.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Tx } from "../../src/store/query.ts";
import type { Run } from "../../src/store/runs/run.ts";
import { SafetyEngine } from "./engine.ts";
import { MemoryStore, type Promised } from "./memory-store.ts";
import { SafetyOracle } from "./oracle.ts";
import type { Now } from "./oracle-words.ts";
import { wishOn } from "./people.ts";
import { carryOut, fixOf, Killed, type Shared, wishesOf } from "./process.ts";
import { type FixName, type FixSettings, fixNames, type PersonName } from "./steps.ts";

const startMs = 1_760_000_000_000;
const minute = 60_000;

export type Settings = Readonly<Record<FixName, FixSettings>>;
/** Puts a ledger of its own beside that in memory. */
export type LedgerFor = (store: MemoryStore) => RunLedger;

/** What is true of an incident, as people outside know it. */
interface Known {
  /** A person silenced it until then; undefined once anything else opens there. */
  silentUntilMs: number | undefined;
  /** Its model was last known to be anomalous then. */
  evidenceMs: number;
  isWarm: boolean;
  /** To blame in its newest episode. */
  feature: string | undefined;
}

/** Who asks for a run of which fix, and which process judges it. */
interface WishedBy {
  readonly who: PersonName;
  readonly fix: FixName;
  readonly process: number;
}

const noTransaction: Tx = {
  inTransaction: true,
  query: async () => [],
  afterCommit: (work) => work(),
};

export class World {
  readonly oracle = new SafetyOracle();
  /** How often runs were decided, by status. */
  readonly decided = new Map<string, number>();
  /** How often each gate said no. */
  readonly denials = new Map<string, number>();
  readonly engine = new SafetyEngine({
    onAct: (fix, container) => this.oracle.acted(fix, container, this.now()),
  });
  readonly store: MemoryStore;
  /** Of each process. */
  readonly settings: Settings[];
  /** Counts the steps. */
  count = 0;
  #trueMs = startMs;
  /** So far the store's clock is ahead of the true time. */
  #aheadMs = 0;
  restoredAtMs: number | undefined;
  /** By incident. */
  known = new Map<string, Known>();
  /** Freezes that nobody has ended: from and until when, and of which feature or of everything. */
  freezes: {
    readonly id: string;
    readonly feature: string | undefined;
    readonly fromMs: number;
    readonly untilMs: number;
  }[] = [];
  readonly #shared: Shared;
  /** A person's wish is decided just now. */
  #isWish = false;

  constructor(settings: Settings, ledgerFor: LedgerFor = (store) => store.ledger) {
    this.settings = [settings, settings, settings];
    const now = (): number => this.now().storeMs;
    this.store = new MemoryStore(
      {
        resolveAfterMs: 15 * minute,
        reopenDurationMs: 1440 * minute,
        healthAfterMs: 5 * minute,
        fixesFor: (incident) => this.#calledFor(incident),
      },
      now,
    );
    this.#shared = {
      store: this.store,
      engine: this.engine,
      clock: { now, at: (realMs) => realMs, sleep: async () => undefined },
      ledger: this.#watched(ledgerFor(this.store)),
      restoredAtMs: () => this.restoredAtMs,
      onDecided: (run, by) => this.#onDecided(run, by),
    };
  }

  now(): Now {
    return { trueMs: this.#trueMs, storeMs: this.#trueMs + this.#aheadMs };
  }

  /** Time passes, and the store's clock is set ahead or back. */
  pass({ ms, aheadMs }: { readonly ms: number; readonly aheadMs: number }): void {
    this.#trueMs += ms;
    this.#aheadMs += aheadMs;
    const { storeMs } = this.now();
    for (const known of this.known.values())
      if (storeMs >= (known.silentUntilMs ?? Number.POSITIVE_INFINITY))
        known.silentUntilMs = undefined;
  }

  /** What is known of the incident; may be changed. */
  knownOf(incident: string): Known {
    const known = this.known.get(incident) ?? {
      silentUntilMs: undefined,
      evidenceMs: Number.NEGATIVE_INFINITY,
      isWarm: true,
      feature: undefined,
    };
    this.known.set(incident, known);
    return known;
  }

  /** Effects that are due and do not wait for an earlier one of their incident. Nobody writes to a tracker here. */
  due(): readonly Promised[] {
    const { storeMs } = this.now();
    const ahead = new Set<string>();
    return [...this.store.rows.effects.values()].filter((one) => {
      const [room = ""] = one.effect.kind.split(".");
      const key = `${one.incident} ${room}`;
      const isFree = one.timer || !ahead.has(key);
      if (!one.timer) ahead.add(key);
      return isFree && one.dueMs <= storeMs && room !== "ticket";
    });
  }

  /** A process carries an effect out, unless it dies meanwhile. */
  async carry(taken: Promised, process: number, pause: () => Promise<void>): Promise<void> {
    const settings = this.settings[process];
    if (settings === undefined) return;
    try {
      await carryOut(this.#shared, settings, { taken, pause });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }

  /** A process looks at the fixes for a person, and judges the run that they ask for. */
  async wish({ who, fix, process }: WishedBy, incident: Incident, id: string): Promise<void> {
    const settings = this.settings[process];
    if (settings === undefined) return;
    const wishes = wishesOf(this.#shared, settings);
    const fixes = await wishes.look(fix);
    const saying = { who, fix, id, nowMs: this.now().storeMs };
    const wish = wishOn(incident, saying, { store: this.store, fixes });
    if (wish === undefined) return;
    const asked = { fix, incident, wish, newestRowMs: undefined, dry: false };
    this.#isWish = true;
    const { run } = await wishes.decide(noTransaction, asked, fixes);
    this.#isWish = false;
    const deed = { kind: "wish", fix, run: run.id } as const;
    this.store.record({ type: "commanded", command: id, by: wish.by, deed }, incident.id);
    this.store.record({ type: "run_changed", run }, incident.id);
  }

  #calledFor(incident: Incident): readonly string[] {
    const [settings] = this.settings;
    if (settings === undefined) return [];
    return fixNames.filter((name) => calledFor(fixOf(name, settings[name]), incident));
  }

  #watched(ledger: RunLedger): RunLedger {
    return {
      ...ledger,
      finish: (id, change) => {
        this.oracle.finished(id, change.status, this.now());
        return ledger.finish(id, change);
      },
    };
  }

  #onDecided(run: Run, settings: FixSettings): void {
    count(this.decided, run.status);
    for (const { gate, answer } of run.answers) if (answer === "denies") count(this.denials, gate);
    const name = fixNames.find((known) => known === run.fix);
    const { silentUntilMs, evidenceMs, isWarm, feature } = this.knownOf(run.incident);
    const at = this.now();
    const frozen = this.freezes.filter(
      (one) => (one.feature ?? feature) === feature && one.fromMs <= at.storeMs,
    );
    // A silence may cover one of several models only, and one of them may be known well.
    const isShared = this.store.membersOf(run.incident) > 1;
    this.oracle.decided(run, {
      settings,
      isWish: this.#isWish,
      at,
      matching: name && this.engine.matching(name),
      silentUntilMs: isShared ? undefined : silentUntilMs,
      frozenUntilMs: Math.max(0, ...frozen.map(({ untilMs }) => untilMs)),
      evidenceMs,
      isWarm: isWarm || isShared,
      severity: this.store.rows.incidents.get(run.incident)?.severity ?? "",
    });
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
