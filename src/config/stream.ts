/** `stream:`: the log between polling and detection. It is in the store unless Kafka is configured. */
import { z } from "zod";
import { absolutePath, brokerAddress, count, duration, kafkaName } from "./fields.ts";

const sasl = z.strictObject({
  mechanism: z.enum(["plain", "scram-sha-256", "scram-sha-512"]).default("scram-sha-512"),
  username: kafkaName,
  password_file: absolutePath,
});

/** `true` trusts the authorities that Node knows. A certificate of its own lets the client prove who it is. */
const ssl = z.union([
  z.boolean(),
  z
    .strictObject({
      ca_file: absolutePath.optional(),
      cert_file: absolutePath.optional(),
      key_file: absolutePath.optional(),
    })
    .refine(({ cert_file: cert, key_file: key }) => (cert === undefined) === (key === undefined), {
      error: "cert_file and key_file belong together: give both, or neither",
    }),
]);

/** By default brokers accept up to 30 minutes. Below a second, a short pause of Node would end the session. */
const sessionTimeout = duration
  .refine((ms) => ms <= 1_800_000, { error: "is more than 30m" })
  .refine((ms) => ms >= 1000, { error: "is less than 1s" });

const kafka = z.strictObject({
  brokers: z.array(brokerAddress).min(1, { error: "names no broker" }),
  topic: z
    .string()
    .regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, { error: "expected a Kafka topic's name" })
    .default("driftwarden"),
  replication: count.max(32_767).optional(),
  retention: duration.prefault("7d"),
  group: kafkaName.default("driftwarden"),
  ssl: ssl.default(false),
  sasl: sasl.optional(),
  session_timeout: sessionTimeout.prefault("30s"),
});

export const stream = z.strictObject({
  partitions: count.max(1024).default(4),
  kafka: kafka.optional(),
});
