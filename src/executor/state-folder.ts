/**
 * The folder in which an executor keeps the record of its acts. One executor at a time may use it: two would each count
 * only their own acts, and an effect could act twice.
 *
 * Each executor listens on a socket of its own in the folder, then looks for the others. The kernel closes the socket
 * when its process ends, for whatever reason. If two executors start at the same moment, at least the later to listen
 * finds the other one, and does not start. Both may find each other; then neither starts.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { messageOf } from "../errors.ts";
import { ExecutorError } from "./errors.ts";
import { socketUse } from "./socket-use.ts";

export interface LockedFolder {
  /** Lets another executor use the folder. */
  free(): Promise<void>;
}

/** The longest path of a Unix socket on Linux, bytes. */
const longestPath = 107;

/**
 * Makes the folder if it is not there, and locks it.
 *
 * @param prefix of the lock's name; locks of different prefixes do not know each other
 * @throws ExecutorError DW_EXECUTOR_STATE when it cannot be made or locked, DW_EXECUTOR_LOCKED when another executor
 *   uses it
 */
export async function lockFolder(folder: string, prefix = "lock"): Promise<LockedFolder> {
  await make(folder);
  const name = `${prefix}-${randomBytes(4).toString("hex")}`;
  const path = join(folder, name);
  if (Buffer.byteLength(path) > longestPath)
    throw new ExecutorError("DW_EXECUTOR_STATE", `${path} is too long for a lock`, {
      hint: `Set \`state:\` to a shorter path: ${path} may have ${longestPath} bytes.`,
    });
  const lock = await listenOn(path);
  try {
    await checkAlone(folder, { own: name, prefix });
  } catch (error) {
    await lock.free();
    throw error;
  }
  return lock;
}

/** Removes the sockets that dead executors left behind. */
async function checkAlone(
  folder: string,
  { own, prefix }: { readonly own: string; readonly prefix: string },
): Promise<void> {
  const lockName = new RegExp(`^${prefix}-[0-9a-f]{8}$`);
  const names = await readdir(folder).catch((error: unknown) => {
    throw unusable(`reading ${folder}`, error);
  });
  for (const name of names.filter((found) => lockName.test(found) && found !== own)) {
    const path = join(folder, name);
    const found = await socketUse(path);
    if (found.use === "used")
      throw new ExecutorError("DW_EXECUTOR_LOCKED", `another executor uses ${folder}`);
    if (found.use === "unknown") throw unusable(`locking ${path}`, found.because);
    await rm(path, { force: true });
  }
}

/** Makes one level only: a recursive mkdir of Node never ends under /proc. */
async function make(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = Reflect.get(Object(error), "code");
    if (code === "EEXIST") return;
    const parent = dirname(folder);
    throw unusable(
      `making ${folder}`,
      error,
      code === "ENOENT"
        ? `Make ${parent} first, or set \`state:\` to a folder whose parent is there.`
        : undefined,
    );
  }
}

async function listenOn(path: string): Promise<LockedFolder> {
  const server = createServer((socket) => socket.destroy());
  try {
    const listened = once(server, "listening");
    server.listen(path);
    await listened;
  } catch (error) {
    throw unusable(`locking ${path}`, error);
  }
  return {
    free: async () => {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function unusable(what: string, cause: unknown, hint?: string): ExecutorError {
  const message = `${what}: ${typeof cause === "string" ? cause : messageOf(cause)}`;
  return new ExecutorError("DW_EXECUTOR_STATE", message, { cause, ...(hint && { hint }) });
}
