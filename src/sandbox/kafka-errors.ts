/** What can go wrong before a sandbox broker runs. */
import { DriftwardenError } from "../errors.ts";

type KafkaSandboxCode =
  | "DW_SANDBOX_JAVA_MISSING"
  | "DW_SANDBOX_MAVEN_MISSING"
  | "DW_SANDBOX_KAFKA_DOWNLOAD"
  | "DW_SANDBOX_KAFKA_START";

/** Thrown by the Kafka launcher; the hint says in one sentence how to get what is missing. */
export class KafkaSandboxError extends DriftwardenError<KafkaSandboxCode> {}
