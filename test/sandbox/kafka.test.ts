import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { kafkaAvailable, startKafka } from "../../src/sandbox/kafka.ts";

/** The only folder on the path, with the programs that a test puts there. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "driftwarden-path-"));
  vi.stubEnv("PATH", folder);
  vi.stubEnv("XDG_CACHE_HOME", folder);
  // Where it says that it downloads, which it does not here.
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

const java = (): Promise<void> => program("java", 'echo "openjdk version 17" >&2');

describe("the sandbox's Kafka on a machine that lacks something", () => {
  it("says how to get Java", async () => {
    expect(await kafkaAvailable()).toBe(false);
    await expect(startKafka()).rejects.toMatchObject({
      code: "DW_SANDBOX_JAVA_MISSING",
      hint: expect.stringContaining("openjdk"),
    });
  });

  it.each(['openjdk version "11.0.25" 2024-10-15', 'java version "1.8.0_292"'])(
    "takes %s, too old for Kafka, for no Java, and says which it found",
    async (old) => {
      await program("java", `echo 'Picked up JAVA_TOOL_OPTIONS: -Dx' >&2; echo '${old}' >&2`);
      expect(await kafkaAvailable()).toBe(false);
      await expect(startKafka()).rejects.toMatchObject({
        code: "DW_SANDBOX_JAVA_MISSING",
        message: `Apache Kafka needs Java 17 or newer, and the one on the path is ${old}`,
        hint: expect.stringContaining("openjdk"),
      });
    },
  );

  it("says how to get Maven", async () => {
    await java();
    expect(await kafkaAvailable()).toBe(false);
    await expect(startKafka()).rejects.toMatchObject({
      code: "DW_SANDBOX_MAVEN_MISSING",
      hint: expect.stringContaining("maven"),
    });
  });

  it("says what Maven said when the download failed, and may be tried again", async () => {
    await java();
    await program("mvn", '[ "$1" = -v ] || { echo "Could not transfer artifact" >&2; exit 1; }');
    expect(await kafkaAvailable()).toBe(true);
    await expect(startKafka()).rejects.toMatchObject({
      code: "DW_SANDBOX_KAFKA_DOWNLOAD",
      retryable: true,
      message: expect.stringContaining("Could not transfer artifact"),
    });
  });

  it("says what the broker said when it does not start", async () => {
    await program(
      "java",
      'case "$*" in -version) echo "openjdk version 17" >&2;; *) echo "no such class" >&2; exit 1;; esac',
    );
    await program(
      "mvn",
      'for a; do case "$a" in -DoutputDirectory=*) /bin/mkdir -p "${a#*=}";; esac; done',
    );
    await expect(startKafka()).rejects.toMatchObject({
      code: "DW_SANDBOX_KAFKA_START",
      message: expect.stringContaining("no such class"),
    });
  });
});
