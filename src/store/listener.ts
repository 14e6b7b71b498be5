/** A connection that LISTENs and reconnects by itself. Notifications are only hints; regular polls find everything. */
import { Client, type ClientConfig } from "pg";
import type { Logger } from "pino";
import { backoffMs } from "../backoff.ts";
import { systemClock as clock } from "../clock.ts";
import type { StoreMetrics } from "./metrics.ts";

/**
 * @param payload from the notification. After each connect it is empty, because notifications may have been lost
 *   before.
 */
export type Heard = (payload: string) => void;

export interface ListenerOptions {
  readonly schema: string;
  readonly logger: Logger;
  readonly metrics: StoreMetrics;
}

const firstPauseMs = 200;
const longestPauseMs = 5_000;

export class Listener {
  readonly #config: ClientConfig;
  readonly #options: ListenerOptions;
  readonly #heard = new Map<string, Set<Heard>>();
  readonly #stopping = new AbortController();
  #client: Client | undefined;
  #asked: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;

  constructor(config: ClientConfig, options: ListenerOptions) {
    this.#config = config;
    this.#options = options;
  }

  /** @returns a function that ends the subscription */
  listen(channel: string, heard: Heard): () => void {
    const all = this.#heard.get(channel);
    if (all === undefined) {
      this.#heard.set(channel, new Set([heard]));
      // If this fails, the connection is lost. The next connection listens to every channel.
      if (this.#client !== undefined) void this.#ask(this.#client, channel).catch(() => undefined);
    } else all.add(heard);
    this.#running ??= this.#run();
    return () => this.#heard.get(channel)?.delete(heard);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { logger, metrics } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      metrics.listens.inc();
      try {
        const { ended } = await this.#connect();
        failures = 0;
        await ended;
        if (!signal.aborted) logger.warn("connection that listens to the store lost");
      } catch (error) {
        if (signal.aborted) return;
        metrics.listenFailures.inc();
        if (failures === 0)
          logger.warn({ err: error }, "listening to the store failed; polling meanwhile");
        failures++;
      }
      await clock.sleep(backoffMs(failures, longestPauseMs, firstPauseMs), signal);
    }
  }

  async #connect(): Promise<{ readonly ended: Promise<void> }> {
    const client = new Client(this.#config);
    const ended = new Promise<void>((resolve) => client.once("end", resolve));
    client.on("error", () => undefined);
    client.on("notification", ({ channel, payload }) => {
      this.#tell(channel.slice(this.#options.schema.length + 1), payload ?? "");
    });
    try {
      await client.connect();
      this.#client = client;
      this.#asked = Promise.resolve();
      // `close` came during the connect and did not see this connection, so end it here.
      this.#stopping.signal.throwIfAborted();
      for (const channel of this.#heard.keys()) await this.#ask(client, channel);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    for (const channel of this.#heard.keys()) this.#tell(channel, "");
    return { ended };
  }

  #tell(channel: string, payload: string): void {
    for (const heard of this.#heard.get(channel) ?? []) heard(payload);
  }

  /** Waits for earlier statements, because pg warns when a query is sent while another one runs. */
  #ask(client: Client, channel: string): Promise<unknown> {
    const sql = `listen "${this.#options.schema}:${channel}"`;
    const answered = this.#asked.then(() => client.query(sql));
    this.#asked = answered.catch(() => undefined);
    return answered;
  }
}
