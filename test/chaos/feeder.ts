/**
 * Writes the importances of several models into the source as exporters would: most at once, some late, some in
 * transactions that stay open for a while; and makes episodes, which a restart of the model's container cures.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import type { Random } from "./random.ts";

export interface FeederOptions {
  readonly url: string;
  readonly models: readonly string[];
  readonly random: Random;
  /** Started-at of the model's container. */
  readonly startedAt: (model: string) => string;
  /** Whether it stays broken so long that a person can answer. */
  readonly lastsLong: (model: string) => boolean;
}

const shares: Readonly<Record<string, number>> = {
  cpu_usage: 0.3,
  memory_usage: 0.22,
  latency: 0.18,
  error_rate: 0.14,
  queue_depth: 0.1,
  requests: 0.06,
};
const cadenceMs = 250;
const historyAttributions = 240;
const noise = 0.1;
const collapsedTo = 0.1;
/** Without a cure an episode ends by itself after this. */
const selfHealMs = 6000;
const longSelfHealMs = 120_000;
const betweenEpisodesMs = 1500;

const insert = `INSERT INTO explainability_metrics ("timestamp", model, feature_name, importance)
  SELECT to_timestamp(at), model, feature, importance FROM jsonb_to_recordset($1::jsonb)
  AS given(at double precision, model text, feature text, importance double precision)`;

type NewRow = Readonly<Record<string, string | number>>;

interface Collapse {
  readonly startedAt: string;
  readonly sinceMs: number;
  /** Nothing cures it. */
  readonly held: boolean;
}

export class Feeder {
  readonly #options: FeederOptions;
  readonly #collapsed = new Map<string, Collapse>();
  readonly #kept = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #stragglers = new Set<Promise<void>>();
  #client: Client | undefined;
  #fed: Promise<void> = Promise.resolve();
  #nextModel = 0;
  #lastEpisodeMs = 0;
  #episodes = true;

  private constructor(options: FeederOptions) {
    this.#options = options;
  }

  /** Fills in a history that ends now, then goes on in the background. */
  static async start(options: FeederOptions): Promise<Feeder> {
    const feeder = new Feeder(options);
    const now = Date.now();
    const rows = Array.from({ length: historyAttributions }, (_, place) =>
      options.models.map((model) =>
        feeder.#attribution(model, now - (historyAttributions - place) * cadenceMs),
      ),
    );
    await feeder.#insert(rows.flat(2));
    feeder.#fed = feeder.#feed();
    return feeder;
  }

  /** Begins no more episodes. */
  calm(): void {
    this.#episodes = false;
  }

  /** Breaks the models at once, as one cause would, until a restart or time cures each. */
  breakModels(models: readonly string[], { held = false }: { readonly held?: boolean } = {}): void {
    for (const model of models) {
      // One that breaks by itself just now would be well again before it is called the new normal.
      if (this.#collapsed.get(model)?.held === true || (this.#collapsed.has(model) && !held))
        continue;
      const startedAt = this.#options.startedAt(model);
      this.#collapsed.set(model, { startedAt, sinceMs: Date.now(), held });
    }
  }

  /** What is held stays as it is from now on: people call it the new normal. */
  keep(): void {
    for (const [model, { held }] of this.#collapsed) {
      if (!held) continue;
      this.#collapsed.delete(model);
      this.#kept.add(model);
    }
  }

  /** Whether all its episodes are over. */
  get isCalm(): boolean {
    return this.#collapsed.size === 0;
  }

  /** Resolves when everything it began is committed or was refused. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#fed;
    await Promise.all(this.#stragglers);
    await this.#client?.end().catch(() => undefined);
  }

  async #feed(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#moveEpisodes();
      const now = Date.now();
      const onTime: NewRow[] = [];
      for (const model of this.#options.models) {
        const rows = this.#attribution(model, now);
        const lot = this.#options.random.fraction();
        if (lot < 0.01) this.#later(rows, "late");
        else if (lot < 0.02) this.#later(rows, "open");
        else onTime.push(...rows);
        if (lot > 0.998) onTime.push(...this.#attribution(model, now - 400_000 - lot * 1e6));
      }
      // What a source that is down refuses was never committed.
      await this.#insert(onTime).catch(() => undefined);
      await pause(cadenceMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Committed seconds after its time: late rows, or a transaction that began in time and stays open. */
  #later(rows: readonly NewRow[], how: "late" | "open"): void {
    const waitMs = this.#options.random.between(500, 1500);
    const client = new Client({ connectionString: this.#options.url });
    client.on("error", () => undefined);
    const write = async (): Promise<void> => {
      if (how === "late") await pause(waitMs);
      await client.connect();
      await client.query("BEGIN");
      await client.query(insert, [JSON.stringify(rows)]);
      if (how === "open") await pause(waitMs);
      await client.query("COMMIT");
    };
    const written = write()
      .catch(() => undefined)
      .then(() => client.end())
      .catch(() => undefined)
      .finally(() => this.#stragglers.delete(written));
    this.#stragglers.add(written);
  }

  async #insert(rows: readonly NewRow[]): Promise<void> {
    if (this.#client === undefined) {
      const client = new Client({ connectionString: this.#options.url, query_timeout: 5000 });
      client.on("error", () => {
        if (this.#client === client) this.#client = undefined;
      });
      await client.connect();
      this.#client = client;
    }
    await this.#client.query(insert, [JSON.stringify(rows)]).catch((error: unknown) => {
      void this.#client?.end().catch(() => undefined);
      this.#client = undefined;
      throw error;
    });
  }

  #moveEpisodes(): void {
    const now = Date.now();
    for (const [model, collapse] of this.#collapsed)
      if (this.#isOver(model, collapse, now)) this.#collapsed.delete(model);
    if (!this.#episodes || now - this.#lastEpisodeMs < betweenEpisodesMs) return;
    const { models } = this.#options;
    const model = models[this.#nextModel++ % models.length] ?? "";
    if (this.#collapsed.has(model)) return;
    this.#lastEpisodeMs = now;
    this.breakModels([model]);
  }

  #isOver(model: string, { startedAt, sinceMs, held }: Collapse, now: number): boolean {
    if (held) return false;
    const { startedAt: upSince, lastsLong } = this.#options;
    const healMs = this.#episodes && lastsLong(model) ? longSelfHealMs : selfHealMs;
    return upSince(model) !== startedAt || now - sinceMs > healMs;
  }

  #attribution(model: string, atMs: number): NewRow[] {
    return Object.entries(shares).map(([feature, share]) => {
      const wobble = 1 + noise * (this.#options.random.fraction() - 0.5);
      const fallen =
        feature === "cpu_usage" && (this.#collapsed.has(model) || this.#kept.has(model));
      const importance = share * wobble * (fallen ? collapsedTo : 1);
      return { at: atMs / 1000, model, feature, importance };
    });
  }
}
