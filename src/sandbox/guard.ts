/** Stops servers and removes folders when our process ends, even after kill -9. */
import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";

/** A dead process may stay a zombie when nobody is left to wait for it. */
const gone =
  'gone() { while kill -0 "$1" && ! grep -q "^State:[[:space:]]*[ZX]" "/proc/$1/status"; do sleep 0.05; done; }';

/**
 * Starts a shell that waits for the end of a pipe that only we hold, and then runs the script. Kill it with SIGKILL to
 * cancel the script.
 * It is detached, so that a terminal's Ctrl-C does not reach it before us. It does not keep our process alive.
 *
 * @param script may call `gone PID`, which waits until that process has ended
 * @param args `$0`, `$1`, … of the script
 * @returns undefined on Windows, where there is no such shell
 */
export function startGuard(script: string, args: readonly string[]): ChildProcess | undefined {
  if (process.platform === "win32") return undefined;
  const shell = spawn("/bin/sh", ["-c", `${gone}; read -r _; ${script}`, ...args], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return shell;
}
