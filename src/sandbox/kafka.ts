/** A real Apache Kafka broker of our own on 127.0.0.1, for the demo, drills and tests; not for production. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { KafkaSandboxError } from "./kafka-errors.ts";
import { exists, fetchJars, javaVersion, kafkaCache, publish, requireJars } from "./kafka-files.ts";
import { BrokerProcess, type KafkaListener } from "./kafka-process.ts";

interface KafkaOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Kept at the end. Default: a temporary folder, removed by `stop`. */
  readonly dataDir?: string;
  /** Besides the one without TLS and login, which `brokers` names. */
  readonly listeners?: readonly KafkaListener[];
  /** Passwords of users with SCRAM, by name. */
  readonly scramUsers?: Readonly<Record<string, string>>;
  /** Broker settings laid over ours, for example `{"log.retention.check.interval.ms": 500}`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface SandboxKafka {
  readonly brokers: readonly string[];
  /** Id of the Java process; undefined while it does not run. */
  readonly pid: number | undefined;
  /** SIGTERM, then removes a temporary folder. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
  /** Ends what runs, starts again on the same port and folder. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
}

/** Fetches the jars and makes the class archive unless they are here. The first start is then about 15 s shorter. */
export async function fetchKafka(): Promise<void> {
  await classArchive();
}

/** Whether `startKafka` has what it needs; starts nothing. */
export async function kafkaAvailable(): Promise<boolean> {
  return (await kafkaLacks()) === undefined;
}

/** What `startKafka` would fail with because this machine lacks it; starts nothing. */
export async function kafkaLacks(): Promise<KafkaSandboxError | undefined> {
  try {
    await javaVersion();
    await requireJars();
    return undefined;
  } catch (error) {
    if (error instanceof KafkaSandboxError) return error;
    throw error;
  }
}

/**
 * Starts a broker and waits until it answers: about 2 s, the first time ever 15 s for download and class archive.
 *
 * @throws KafkaSandboxError when Java or Maven is missing, the download fails or the broker does not start
 */
export async function startKafka(options: KafkaOptions = {}): Promise<SandboxKafka> {
  const javaFlags = ["-Xmx128m", `-XX:SharedArchiveFile=${await classArchive()}`];
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "driftwarden-kafka-")));
  const temporary = options.dataDir === undefined;
  const port = options.port ?? (await freePort());
  const place = { port, controllerPort: await freePort(), dataDir, temporary };
  const { settings = {}, listeners = [], scramUsers = {} } = options;
  const broker = new BrokerProcess({ ...place, settings, listeners, scramUsers });
  const removeFolder = async (): Promise<void> => {
    if (temporary) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await broker.start(javaFlags);
  } catch (error) {
    await removeFolder();
    throw error;
  }
  return {
    brokers: [`127.0.0.1:${place.port}`],
    get pid() {
      return broker.pid;
    },
    stop: async () => {
      await broker.end("SIGTERM");
      await removeFolder();
    },
    kill: () => broker.end("SIGKILL"),
    restart: async () => {
      await broker.end("SIGTERM");
      await broker.start(javaFlags);
    },
    pause: () => broker.signal("SIGSTOP"),
    resume: () => broker.signal("SIGCONT"),
  };
}

/** Path of the class archive that halves start and memory; built by a broker that runs once for it. */
async function classArchive(): Promise<string> {
  const java = await javaVersion();
  await mkdir(kafkaCache(), { recursive: true });
  await fetchJars();
  // An archive fits one build of Java only.
  const build = createHash("sha256").update(java).digest("hex").slice(0, 8);
  const archive = join(kafkaCache(), `classes-${build}.jsa`);
  if (await exists(archive)) return archive;
  process.stderr.write("kafka: building the class archive (once)\n");
  const draft = `${archive}.${randomUUID()}`;
  const dataDir = await mkdtemp(join(tmpdir(), "driftwarden-kafka-"));
  const broker = new BrokerProcess({
    port: await freePort(),
    controllerPort: await freePort(),
    dataDir,
    temporary: true,
    settings: {},
    listeners: [],
    scramUsers: {},
  });
  try {
    await broker.start(["-Xmx256m", `-XX:ArchiveClassesAtExit=${draft}`]);
    await broker.end("SIGTERM");
    await publish(draft, archive);
  } finally {
    await broker.end("SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
  }
  return archive;
}
