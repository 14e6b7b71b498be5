/** A broker with a listener for each way to prove who one is, and with rights that are granted one by one. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../src/sandbox/free-port.ts";
import { type SandboxKafka, startKafka } from "../../src/sandbox/kafka.ts";
import { authority, brokersOwn } from "./kafka-certificates.ts";
import { keptFolder } from "./kept.ts";

/** The password of the user `driftwarden`, and of `stranger`, who may do nothing. */
export const password = "only-for-tests";

export interface SecuredKafka {
  /** Everybody there may do everything. */
  readonly brokers: readonly string[];
  /** Port of each listener. */
  readonly ports: Readonly<Record<ListenerName, number>>;
  stop(): Promise<void>;
}

const listenerNames = ["LOGIN", "TLS", "MUTUAL", "SECURE"] as const;
export type ListenerName = (typeof listenerNames)[number];

const protocols = {
  /** SASL without TLS. */
  LOGIN: "SASL_PLAINTEXT",
  TLS: "SSL",
  /** TLS with a client's certificate. */
  MUTUAL: "SSL",
  /** SASL in TLS. */
  SECURE: "SASL_SSL",
} as const;

export async function startSecuredKafka(): Promise<SecuredKafka> {
  const folder = await mkdtemp(join(tmpdir(), "dw-kafka-tls-"));
  const trusted = join(folder, "ca.pem");
  const own = join(folder, "own.pem");
  await writeFile(trusted, authority);
  await writeFile(own, `${brokersOwn.key}${brokersOwn.cert}`);
  const ports = { LOGIN: 0, TLS: 0, MUTUAL: 0, SECURE: 0 };
  for (const name of listenerNames) ports[name] = await freePort();
  const kafka: SandboxKafka = await startKafka({
    ...(await keptFolder("kafka-secured")),
    listeners: listenerNames.map((name) => ({
      name,
      port: ports[name],
      protocol: protocols[name],
    })),
    scramUsers: { driftwarden: password, stranger: password },
    settings: {
      "ssl.keystore.type": "PEM",
      "ssl.keystore.location": own,
      "ssl.truststore.type": "PEM",
      "ssl.truststore.location": trusted,
      "listener.name.mutual.ssl.client.auth": "required",
      ...logins("login", "PLAIN"),
      ...logins("secure", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"),
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": "User:ANONYMOUS;User:admin",
    },
  });
  const stop = async (): Promise<void> => {
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { brokers: kafka.brokers, ports, stop };
}

/** PLAIN knows its users by the settings, SCRAM by what the broker stores. */
function logins(listener: string, mechanisms: string): Record<string, string> {
  const prefix = `listener.name.${listener}`;
  const users = ["driftwarden", "stranger"].map((name) => `user_${name}="${password}"`).join(" ");
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: mechanisms,
    [`${prefix}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: scram,
  };
}
