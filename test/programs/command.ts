/** The built program as a command that ends by itself: `npm run build` comes first. */
import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export async function runCommand(
  args: readonly string[],
  options: Pick<SpawnOptions, "cwd" | "env"> & { readonly program?: string } = {},
): Promise<Ended> {
  const { program: chosen = program, ...rest } = options;
  const child = spawn(process.execPath, [chosen, ...args], {
    ...rest,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended: Promise<(number | null)[]> = once(child, "exit");
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code: code ?? null, out, err };
}
