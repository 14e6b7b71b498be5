/** Built daemons in one consumer group that are killed and come back at once, as systemd brings them back. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { msUntil, until } from "../programs/eventually.ts";
import { startTestKafka, withKafka } from "../programs/kafka.ts";
import { sql, startTestPostgres } from "../programs/postgres.ts";

const kafka = await withKafka(startTestKafka);

const partitions = 4;
const sessionMs = 3000;
const boundMs = sessionMs + 15_000;

async function settings(): Promise<{ readonly configFile: string; readonly storeUrl: string }> {
  const postgres = await startTestPostgres();
  onTestFinished(() => postgres.stop());
  const source = await postgres.createSource("explainability");
  const store = await postgres.createDatabase("driftwarden");
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-kill-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, "driftwarden.yaml");
  const stream = `{partitions: ${partitions}, kafka: {brokers: ["${kafka.brokers[0]}"], topic: kill, session_timeout: ${sessionMs}ms}}`;
  await writeFile(
    configFile,
    `
store: {url: "${store.url}"}
sources: {main: {url: "${source.readonlyUrl}"}}
stream: ${stream}
http: {listen: "127.0.0.1:0"}
`,
    { mode: 0o600 },
  );
  return { configFile, storeUrl: store.url };
}

async function ownersIn(storeUrl: string): Promise<readonly string[]> {
  const rows = await sql(storeUrl, "SELECT owner FROM driftwarden.partitions ORDER BY partition");
  return rows.map(({ owner }) => String(owner));
}

describe.skipIf(!kafka.available)("the partitions of a group whose process is killed", () => {
  it("are held again within session timeout + 15 s, whether or not it was the leader (FR-K8)", async () => {
    const { configFile, storeUrl } = await settings();
    const started = async (): Promise<Daemon> => {
      const daemon = await startDaemon(configFile);
      onTestFinished(() => daemon.kill());
      return daemon;
    };
    const first = await started();
    await until(async () => (await ownersIn(storeUrl)).length === partitions);
    const [firstOwner = ""] = await ownersIn(storeUrl);
    const second = await started();
    await until(async () => new Set(await ownersIn(storeUrl)).size === 2);
    const secondOwner = (await ownersIn(storeUrl)).find((owner) => owner !== firstOwner) ?? "";
    const victims = [
      { daemon: first, owner: firstOwner },
      { daemon: second, owner: secondOwner },
    ];
    for (const { daemon, owner } of victims) {
      await daemon.kill();
      const back = started();
      const isGone = async (): Promise<boolean> => !(await ownersIn(storeUrl)).includes(owner);
      const tookMs = await msUntil(isGone, 2 * boundMs);
      expect(tookMs).toBeLessThanOrEqual(boundMs);
      await back;
    }
  });
});
