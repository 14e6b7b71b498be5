/** Where the servers of a test keep their data after the test: nowhere, unless DRIFTWARDEN_KEEP is set. */
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A new folder that stays, said on stderr; or none, and then the server removes its data when it stops.
 *
 * @param server stands in the folder's name
 */
export async function keptFolder(server: string): Promise<{ readonly dataDir?: string }> {
  if (!process.env["DRIFTWARDEN_KEEP"]) return {};
  const folder = await mkdtemp(join(tmpdir(), `driftwarden-kept-${server}-`));
  // As root Postgres runs as nobody, who must get through.
  await chmod(folder, 0o711);
  const dataDir = join(folder, "data");
  process.stderr.write(`kept: ${server} in ${dataDir}\n`);
  return { dataDir };
}
