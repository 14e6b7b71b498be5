/** Configures kafkajs, and replaces its clients after any failure. */
import { Kafka, logLevel, type SASLOptions } from "kafkajs";
import type { Logger } from "pino";
import { boundDecompression } from "./compression.ts";
import { mendIdleTimer } from "./idle-timer.ts";
import { mendSyncTimeout } from "./sync-timeout.ts";
import { type TlsTexts, tlsSockets } from "./tls.ts";
import { mendTruncatedAnswer } from "./truncated-answer.ts";

/** The SASL mechanisms that Driftwarden supports. */
export const saslMechanisms = ["plain", "scram-sha-256", "scram-sha-512"] as const;

/** Addresses of the brokers, encryption and login. */
export interface KafkaConnection {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** `true`, or certificates that are read at each connection. Default: no TLS. */
  readonly ssl?: boolean | (() => TlsTexts);
  readonly sasl?: {
    readonly mechanism: (typeof saslMechanisms)[number];
    readonly username: string;
    /** Read at each login, so a rotated password is used at once. */
    readonly password: () => string;
  };
  readonly logger: Logger;
}

type Login = NonNullable<KafkaConnection["sasl"]>;

interface ClientTimeouts {
  readonly sessionTimeoutMs: number;
  /** Retries of each call. If a broker refuses connections, 4 take about 2 s and 10 about 8 s. */
  readonly retries: number;
}

/**
 * Makes a kafkajs factory with Driftwarden's settings. Retries are set here, because connecting ignores the retries of
 * a producer. kafkajs's own log is written at debug, because Driftwarden logs each failure once.
 */
export function kafkaClient(connection: KafkaConnection, timeouts: ClientTimeouts): Kafka {
  mendIdleTimer();
  mendTruncatedAnswer();
  mendSyncTimeout(timeouts.sessionTimeoutMs);
  boundDecompression();
  const { brokers, ssl, sasl, logger } = connection;
  return new Kafka({
    clientId: "driftwarden",
    brokers: [...brokers],
    ...(typeof ssl === "function"
      ? { ssl: true, socketFactory: tlsSockets(ssl) }
      : { ssl: ssl === true }),
    ...(sasl === undefined ? {} : { sasl: loginOf(sasl) }),
    connectionTimeout: 3000,
    authenticationTimeout: 10_000,
    requestTimeout: Math.min(Math.max(timeouts.sessionTimeoutMs / 2, 3000), 15_000),
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 1000,
      retries: timeouts.retries,
      // During an outage kafkajs restarts a consumer even after disconnect(). So its restart is off, and
      // GroupSubscription makes new consumers.
      restartOnFailure: () => Promise.resolve(false),
    },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        logger.debug({ namespace, detail: log.message }, "kafkajs"),
  });
}

/** kafkajs reads the password from this object at each login. */
function loginOf({ mechanism, username, password }: Login): SASLOptions {
  const login = {
    mechanism,
    username,
    get password() {
      return password();
    },
  };
  return login;
}

interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/**
 * A client that is connected when first used and discarded after any failure. kafkajs's clients keep broken state, for
 * example a producer that wrote to a topic before the topic was deleted.
 */
export class ReconnectingClient<T extends Client> {
  readonly #make: () => T;
  #current: { readonly client: T; readonly connected: Promise<void> } | undefined;

  constructor(make: () => T) {
    this.#make = make;
  }

  async use<R>(work: (client: T) => Promise<R>): Promise<R> {
    this.#current ??= this.#connect();
    const mine = this.#current;
    try {
      await mine.connected;
      return await work(mine.client);
    } catch (error) {
      if (this.#current === mine) this.#current = undefined;
      void mine.client.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    const last = this.#current;
    this.#current = undefined;
    await last?.client.disconnect().catch(() => undefined);
  }

  #connect(): { readonly client: T; readonly connected: Promise<void> } {
    const client = this.#make();
    return { client, connected: client.connect() };
  }
}
