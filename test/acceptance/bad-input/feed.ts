/** Writes attributions of several models into one source, without waiting: their times lie a minute apart. */
import { Client } from "pg";
import { seededRandom } from "../../../src/sandbox/story/signal.ts";

export const table = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, model text, feature_name text, importance double precision);
  CREATE INDEX ON explainability_metrics ("timestamp")`;

const shares = [0.3, 0.22, 0.18, 0.14, 0.1, 0.06];
const cadenceMs = 60_000;
const historyAttributions = 300;
/** Source clocks may run ahead by an hour, so that a test may. */
const insert = `INSERT INTO explainability_metrics ("timestamp", model, feature_name, importance)
  SELECT to_timestamp(at), model, feature, importance FROM jsonb_to_recordset($1::jsonb)
  AS given(at double precision, model text, feature text, importance double precision)`;

export interface FedModel {
  readonly name: string;
  /** Six names; the first one is the one that collapses. */
  readonly features: readonly string[];
}

const usual = ["cpu_usage", "memory_usage", "latency", "error_rate", "queue_depth", "requests"];

export const modelOf = (name: string, features: readonly string[] = usual): FedModel => ({
  name,
  features,
});

export class Feed {
  readonly #client: Client;
  readonly #random = seededRandom(7);
  readonly #nowMs = Date.now();
  readonly #steps = new Map<string, number>();

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<Feed> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new Feed(client);
  }

  /** Five hours of a model's normal life, up to now. */
  async history(models: readonly FedModel[]): Promise<void> {
    const steps = Array.from({ length: historyAttributions }, (_, place) => place);
    const rows = models.flatMap((model) =>
      steps.flatMap((step) => this.#attribution(model, step - historyAttributions, 1)),
    );
    await this.#client.query(insert, [JSON.stringify(rows)]);
  }

  /** The model's next attributions; the first feature's importance times `factor`. */
  async attributions(model: FedModel, count: number, factor = 1): Promise<void> {
    const first = this.#steps.get(model.name) ?? 0;
    this.#steps.set(model.name, first + count);
    const rows = Array.from({ length: count }, (_, place) =>
      this.#attribution(model, first + place, factor),
    );
    await this.#client.query(insert, [JSON.stringify(rows.flat())]);
  }

  /** Enough of a collapse for an episode. */
  collapse(model: FedModel): Promise<void> {
    return this.attributions(model, 4, 0.05);
  }

  /** Any statement on the source's table. */
  async run(statement: string): Promise<void> {
    await this.#client.query(statement);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  #attribution({ name, features }: FedModel, step: number, factor: number): readonly object[] {
    const at = (this.#nowMs + step * cadenceMs) / 1000;
    return features.map((feature, place) => {
      const wobble = 1 + 0.1 * (this.#random() - 0.5);
      const importance = (shares[place] ?? 0.01) * wobble * (place === 0 ? factor : 1);
      return { at, model: name, feature, importance };
    });
  }
}
