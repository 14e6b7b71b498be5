/** Writes attributions of several models into one source without waiting. Their times are ten minutes apart. */
import { Client } from "pg";
import { seededRandom } from "../../../src/sandbox/story/signal.ts";

/** OpenClaw's table, with a column for the model. */
export const modelsTable = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, model text, feature_name text, importance double precision);
  CREATE INDEX ON explainability_metrics ("timestamp")`;

/** A model with six features; the first one is the one that collapses. */
export interface FedModel {
  readonly name: string;
  readonly features: readonly string[];
}

const features = ["cpu_usage", "memory_usage", "latency", "error_rate", "queue_depth", "requests"];
const shares = [0.3, 0.22, 0.18, 0.14, 0.1, 0.06];
/**
 * Rows may be an hour ahead of the source's clock, so a test need not wait for their time. A model counts as silent
 * only after three cadences, which is longer than any test.
 */
const cadenceMs = 600_000;
const historyAttributions = 300;
const noise = 0.1;

const insert = `INSERT INTO explainability_metrics ("timestamp", model, feature_name, importance)
  SELECT to_timestamp(at), model, feature, importance FROM jsonb_to_recordset($1::jsonb)
  AS given(at double precision, model text, feature text, importance double precision)`;

/** @param first the feature that collapses, instead of cpu_usage */
export const fedModel = (name: string, first = "cpu_usage"): FedModel => ({
  name,
  features: [first, ...features.slice(1)],
});

export class Feed {
  readonly #client: Client;
  readonly #random = seededRandom(7);
  readonly #startMs = Date.now();
  readonly #steps = new Map<string, number>();

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<Feed> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new Feed(client);
  }

  /** Writes two days of normal attributions, until now. */
  async history(models: readonly FedModel[]): Promise<void> {
    const steps = Array.from({ length: historyAttributions }, (_, i) => i - historyAttributions);
    await this.#write(models.flatMap((model) => steps.flatMap((step) => this.#rows(model, step))));
  }

  /** Writes enough attributions of a collapse for an episode. */
  async collapse(model: FedModel): Promise<void> {
    const first = this.#steps.get(model.name) ?? 0;
    this.#steps.set(model.name, first + 4);
    const steps = [first, first + 1, first + 2, first + 3];
    await this.#write(steps.flatMap((step) => this.#rows(model, step, 0.05)));
  }

  /** Executes a statement on the source's database. */
  async run(statement: string): Promise<void> {
    await this.#client.query(statement);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async #write(rows: readonly object[]): Promise<void> {
    await this.#client.query(insert, [JSON.stringify(rows)]);
  }

  #rows(model: FedModel, step: number, firstFactor = 1): readonly object[] {
    const at = (this.#startMs + step * cadenceMs) / 1000;
    return model.features.map((feature, place) => {
      const wobble = 1 + noise * (this.#random() - 0.5);
      const importance = (shares[place] ?? 0) * wobble * (place === 0 ? firstFactor : 1);
      return { at, model: model.name, feature, importance };
    });
  }
}
