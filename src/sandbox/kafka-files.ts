/** Apache Kafka's jars in a per-user cache folder, fetched from Maven Central once, and how Java is called on them. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../errors.ts";
import { KafkaSandboxError } from "./kafka-errors.ts";

const run = promisify(execFile);
const version = "4.1.2";

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>driftwarden</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
</dependencies></project>
`;

/** Ready in one second instead of two, and half the memory. */
const smallJava = [
  "-XX:TieredStopAtLevel=1",
  "-XX:+UseSerialGC",
  "-Xshare:auto",
  "-XX:-UsePerfData",
];

/** The oldest that this version of Kafka runs on. */
const oldestJava = 17;

/**
 * What `java -version` calls itself.
 *
 * @throws KafkaSandboxError when there is no Java, or one that is too old for Kafka
 */
export async function javaVersion(): Promise<string> {
  const versionLines = await run("java", ["-version"]).then(
    ({ stderr }) => stderr.split("\n"),
    () => [],
  );
  const found = versionLines.find((line) => line.includes("version"));
  // Before Java 9 it was called 1.8.
  const major = Number(/version "?(\d+)/.exec(found ?? "")?.[1] ?? 0);
  if (found !== undefined && major >= oldestJava) return found;
  const instead = found === undefined ? "" : `, and the one on the path is ${found}`;
  throw new KafkaSandboxError(
    "DW_SANDBOX_JAVA_MISSING",
    `Apache Kafka needs Java ${oldestJava} or newer${instead}`,
    { hint: "Install a Java runtime, for example with `apt-get install openjdk-17-jre-headless`." },
  );
}

/** The user's cache and not node_modules, which `npm ci` wipes. */
export function kafkaCache(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(base, "driftwarden", `kafka-${version}`);
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** @throws KafkaSandboxError when the jars are not here and there is no Maven to fetch them */
export async function requireJars(): Promise<void> {
  if (await exists(join(kafkaCache(), "jars"))) return;
  await run("mvn", ["-v"]).catch((cause: unknown) => {
    throw new KafkaSandboxError("DW_SANDBOX_MAVEN_MISSING", "Maven fetches Apache Kafka's jars", {
      hint: "Install Maven, for example with `apt-get install maven`.",
      cause,
    });
  });
}

/** Renames a finished draft into place. When another process was first, its result stays and the draft is removed. */
export async function publish(draft: string, place: string): Promise<void> {
  try {
    await rename(draft, place);
  } catch (error) {
    if (!(await exists(place))) throw error;
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Fetches the jars unless they are here, saying so on stderr. Several processes may do so at once.
 *
 * @throws KafkaSandboxError when Maven is missing or the download fails
 */
export async function fetchJars(): Promise<void> {
  const jars = join(kafkaCache(), "jars");
  if (await exists(jars)) return;
  await requireJars();
  process.stderr.write(`kafka: fetching Apache Kafka ${version} from Maven Central to ${jars}\n`);
  const draft = join(kafkaCache(), `fetch-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, "pom.xml"), pom);
  try {
    await run("mvn", [
      "-B",
      "-q",
      "-f",
      join(draft, "pom.xml"),
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
      `-DoutputDirectory=${join(draft, "jars")}`,
      "-DincludeScope=runtime",
    ]);
    await publish(join(draft, "jars"), jars);
  } catch (error) {
    throw new KafkaSandboxError(
      "DW_SANDBOX_KAFKA_DOWNLOAD",
      `fetching Apache Kafka ${version}: ${messageOf(error)}`,
      {
        hint: "Check that Maven reaches Maven Central (a proxy belongs in ~/.m2/settings.xml), then try again.",
        retryable: true,
        cause: error,
      },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Starts Java with Kafka's jars; stderr is a pipe. */
export function spawnJava(args: readonly string[]): ChildProcess {
  const classPath = join(kafkaCache(), "jars", "*");
  return spawn("java", [...smallJava, "-cp", classPath, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}
