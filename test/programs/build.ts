/** Builds the program once before the tests that run it as its users do. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export async function setup(): Promise<void> {
  await promisify(execFile)("npm", ["run", "--silent", "build"]);
}
