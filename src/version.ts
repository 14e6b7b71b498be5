/** The version of this program, from package.json, both in the sources and built. */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

function packageFile(): URL {
  const built = new URL("../../package.json", import.meta.url);
  const sources = new URL("../package.json", import.meta.url);
  return existsSync(sources) ? sources : built;
}

export const version: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(packageFile(), "utf8"))).version;
