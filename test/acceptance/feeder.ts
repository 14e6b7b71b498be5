/** Writes one model's importances into a source, one attribution a second, as OpenClaw would. */
import { Client } from "pg";
import { systemClock } from "../../src/clock.ts";
import { seededRandom } from "../../src/sandbox/story/signal.ts";

const shares: Readonly<Record<string, number>> = {
  cpu_usage: 0.3,
  memory_usage: 0.22,
  latency: 0.18,
  error_rate: 0.14,
  queue_depth: 0.1,
  requests: 0.06,
};
const cadenceMs = 1000;
const historyAttributions = 300;
const noise = 0.1;
const dropped = 0.1;

const insert = `INSERT INTO explainability_metrics ("timestamp", feature_name, importance)
  SELECT to_timestamp(at), feature, importance FROM jsonb_to_recordset($1::jsonb)
  AS given(at double precision, feature text, importance double precision)`;

export class Feeder {
  readonly #client: Client;
  readonly #random = seededRandom(7);
  readonly #dropped = new Set<string>();
  readonly #stopping = new AbortController();
  #fed: Promise<void> | undefined;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Writes a history that ends now, then continues in the background. */
  static async start(url: string): Promise<Feeder> {
    const client = new Client({ connectionString: url });
    await client.connect();
    const feeder = new Feeder(client);
    const now = Date.now();
    const rows = Array.from({ length: historyAttributions }, (_, place) =>
      feeder.#attribution(now - (historyAttributions - place) * cadenceMs),
    );
    await client.query(insert, [JSON.stringify(rows.flat())]);
    feeder.#fed = feeder.#feed();
    return feeder;
  }

  drop(feature: string): void {
    this.#dropped.add(feature);
  }

  restore(feature: string): void {
    this.#dropped.delete(feature);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#fed;
    await this.#client.end();
  }

  async #feed(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#client.query(insert, [JSON.stringify(this.#attribution(Date.now()))]);
      await systemClock.sleep(cadenceMs, signal);
    }
  }

  #attribution(atMs: number): readonly object[] {
    return Object.entries(shares).map(([feature, share]) => {
      const wobble = 1 + noise * (this.#random() - 0.5);
      const importance = share * wobble * (this.#dropped.has(feature) ? dropped : 1);
      return { at: atMs / 1000, feature, importance };
    });
  }
}
