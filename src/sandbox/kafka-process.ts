/**
 * One broker process: its folder, its settings, start and end. Its callers decide its purpose and where its jars come
 * from.
 */
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startGuard } from "./guard.ts";
import { KafkaSandboxError } from "./kafka-errors.ts";
import { exists, spawnJava } from "./kafka-files.ts";

export interface KafkaListener {
  /** Upper-case, as in the settings `listener.name.….…`. */
  readonly name: string;
  readonly port: number;
  readonly protocol: "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";
}

export interface BrokerPlace {
  readonly port: number;
  readonly controllerPort: number;
  readonly dataDir: string;
  /** Whether the folder goes when our process ends without having stopped the broker. */
  readonly temporary: boolean;
  /** Besides the one without TLS and login. */
  readonly listeners: readonly KafkaListener[];
  /** Passwords of users with SCRAM-SHA-256 and SCRAM-SHA-512, by name. */
  readonly scramUsers: Readonly<Record<string, string>>;
  /** Laid over the settings below. */
  readonly settings: Readonly<Record<string, string | number>>;
}

function brokerSettings(place: BrokerPlace): string {
  const { port, controllerPort, dataDir, settings } = place;
  const more = place.listeners.map((one) => `,${one.name}://127.0.0.1:${one.port}`).join("");
  const listeners = `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${more}`;
  const protocols = place.listeners.map(({ name, protocol }) => `,${name}:${protocol}`).join("");
  const all = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.bootstrap.servers": `127.0.0.1:${controllerPort}`,
    listeners,
    "advertised.listeners": listeners,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT${protocols}`,
    "log.dirs": join(dataDir, "log"),
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
    "auto.create.topics.enable": false,
    "group.min.session.timeout.ms": 1000,
    // The default, 128 MB, does not fit in the heap.
    "log.cleaner.dedupe.buffer.size": 2_097_152,
    // A broker that was killed is let back in after 2 to 3 seconds instead of 12.
    "broker.session.timeout.ms": 1000,
    "broker.heartbeat.interval.ms": 200,
    ...settings,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

function scramArguments({ scramUsers }: BrokerPlace): readonly string[] {
  return Object.entries(scramUsers).flatMap(([name, password]) =>
    ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
      "--add-scram",
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  );
}

/** ApiVersions v0 without a client id; any answer means that requests are being processed. */
const greeting = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    socket.write(greeting);
    await once(socket, "data", { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const kill = 'kill -KILL "$0"; gone "$0"; rm -rf -- "$1"';

/** A broker that can be started, ended and started again in one folder. */
export class BrokerProcess {
  readonly #place: BrokerPlace;
  #child: ChildProcess | undefined;
  #stderr = "";

  constructor(place: BrokerPlace) {
    this.#place = place;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Formats the folder the first time, starts the broker and waits until it answers.
   *
   * @param javaFlags heap and class archive
   * @throws KafkaSandboxError with the end of its stderr, when it exits or does not answer for a minute
   */
  async start(javaFlags: readonly string[]): Promise<void> {
    const settings = join(this.#place.dataDir, "server.properties");
    await mkdir(this.#place.dataDir, { recursive: true });
    await writeFile(settings, brokerSettings(this.#place));
    if (!(await exists(join(this.#place.dataDir, "log", "meta.properties")))) {
      const id = `d${randomBytes(16).toString("base64url").slice(1)}`;
      const format = this.#spawn([
        "-Xmx64m",
        "kafka.tools.StorageTool",
        "format",
        "--standalone",
        "-t",
        id,
        "-c",
        settings,
        ...scramArguments(this.#place),
      ]);
      const [code] = await once(format, "exit");
      if (code !== 0) throw this.#failed("formatting the broker's folder");
    }
    this.#child = this.#spawn([...javaFlags, "kafka.Kafka", settings]);
    await this.#ready(this.#child);
  }

  /** Ends the broker and waits until it is gone; SIGKILL when it does not go within ten seconds. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    // A paused process sees SIGTERM only after this.
    child.kill("SIGCONT");
    const killTimer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(killTimer);
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(signal);
  }

  #spawn(args: readonly string[]): ChildProcess {
    const child = spawnJava(args);
    this.#stderr = "";
    child.stderr?.on("data", (text: Buffer) => {
      this.#stderr = (this.#stderr + text.toString()).slice(-2000);
    });
    // Without Java there is no exit, only this.
    child.on("error", (error) => {
      this.#stderr += error.message;
      child.emit("exit", 1, null);
    });
    const { dataDir, temporary } = this.#place;
    const guard = startGuard(kill, [String(child.pid), temporary ? dataDir : ""]);
    child.once("exit", () => guard?.kill("SIGKILL"));
    return child;
  }

  async #ready(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (!(await answers(this.#place.port))) {
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (ended || performance.now() > deadline) {
        await this.end("SIGKILL");
        throw this.#failed("starting the broker");
      }
      await sleep(30);
    }
  }

  #failed(doing: string): KafkaSandboxError {
    return new KafkaSandboxError("DW_SANDBOX_KAFKA_START", `${doing}: ${this.#stderr.trim()}`, {
      hint: "Check that Java is version 17 or newer and that the temporary folder is writable and not full.",
    });
  }
}
