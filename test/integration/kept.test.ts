import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { startPostgres } from "../../src/sandbox/postgres.ts";
import { sql, startTestPostgres } from "../programs/postgres.ts";

afterEach(() => vi.unstubAllEnvs());

it("the database of a test can be started again after the test when DRIFTWARDEN_KEEP is set", async () => {
  vi.stubEnv("DRIFTWARDEN_KEEP", "1");
  const postgres = await startTestPostgres();
  const { server } = postgres;
  const { url } = await postgres.createDatabase("failed");
  await sql(url, "CREATE TABLE left_behind AS SELECT 42 AS answer");
  await postgres.stop();
  const again = await startPostgres({ dataDir: server.dataDir, port: server.port });
  try {
    expect(await sql(url, "SELECT answer FROM left_behind")).toEqual([{ answer: 42 }]);
  } finally {
    await again.stop();
    await rm(dirname(server.dataDir), { recursive: true });
  }
});
