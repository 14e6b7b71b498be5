/** Listens on the executor's socket, and gives each connection a session. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chownSync, lstatSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { basename, dirname } from "node:path";
import { BrokenLine, linesOf } from "../../remediations/docker/executor/lines.ts";
import { maxRequestBytes } from "../../remediations/docker/executor/wire.ts";
import { messageOf } from "../errors.ts";
import { ExecutorError } from "./errors.ts";
import { checkFolders, checkSocket } from "./peer.ts";
import { type ExecutorReply, ExecutorSession, type ExecutorSessionOptions } from "./session.ts";
import { socketUse } from "./socket-use.ts";
import { type LockedFolder, lockFolder } from "./state-folder.ts";

export interface ExecutorServerOptions extends ExecutorSessionOptions {
  /** Path of the socket. */
  readonly socket: string;
  /** Uid that may connect. */
  readonly peer: number;
  /** Descriptor of a socket on which systemd listens already; undefined: the executor creates the socket. */
  readonly fd?: number | undefined;
}

export interface ExecutorServer {
  /** Takes no more requests. The running ones continue. */
  stop(): Promise<void>;
}

/** A connection that sends nothing for so long is closed. */
const idleMs = 60_000;
const maxConnections = 32;

/** @throws ExecutorError DW_EXECUTOR_PEER or DW_EXECUTOR_LISTENING */
export async function listen(options: ExecutorServerOptions): Promise<ExecutorServer> {
  const server = createServer();
  server.maxConnections = maxConnections;
  const open = new Set<Socket>();
  let isSafe = false;
  server.on("connection", (socket: Socket) => {
    if (!isSafe) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    void talk(socket, new ExecutorSession(options));
  });
  if (options.fd === undefined) await bind(server, options);
  try {
    checkSocket(options.socket, options.peer);
    if (options.fd !== undefined) await listening(server, { fd: options.fd }, options.socket);
  } catch (error) {
    server.close();
    throw error;
  }
  isSafe = true;
  return {
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Creates the socket. From the first moment only its peer can connect. */
async function bind(server: Server, { socket, peer }: ExecutorServerOptions): Promise<void> {
  checkFolders(socket);
  if (lstatSync(socket, { throwIfNoEntry: false })?.isSocket() === false) {
    throw new ExecutorError("DW_EXECUTOR_PEER", `${socket} is there and is no socket`);
  }
  const lock = await lockSocket(socket);
  try {
    await checkUnused(socket);
    rmSync(socket, { force: true });
    await create(server, { socket, peer });
  } finally {
    await lock.free();
  }
}

/**
 * If several executors find the same dead socket, only one may replace it. A second one would remove the new socket.
 */
async function lockSocket(socket: string): Promise<LockedFolder> {
  const name = createHash("sha256").update(basename(socket)).digest("hex").slice(0, 4);
  try {
    return await lockFolder(dirname(socket), `b${name}`);
  } catch (error) {
    const isLocked = error instanceof ExecutorError && error.code === "DW_EXECUTOR_LOCKED";
    const text = isLocked
      ? `another executor is about to listen on ${socket}`
      : `listening on ${socket}: ${messageOf(error)}`;
    throw new ExecutorError("DW_EXECUTOR_LISTENING", text, { cause: error });
  }
}

async function create(
  server: Server,
  { socket, peer }: Pick<ExecutorServerOptions, "socket" | "peer">,
): Promise<void> {
  const mask = process.umask(0o177);
  try {
    await listening(server, { path: socket }, socket);
    if (peer !== process.geteuid?.()) chownSync(socket, peer, -1);
  } catch (error) {
    server.close();
    if (error instanceof ExecutorError) throw error;
    const text = `making ${socket} for the user ${peer}: ${messageOf(error)}`;
    throw new ExecutorError("DW_EXECUTOR_PEER", text, { cause: error });
  } finally {
    process.umask(mask);
  }
}

async function listening(
  server: Server,
  where: { readonly path: string } | { readonly fd: number },
  socket: string,
): Promise<void> {
  try {
    const listened = once(server, "listening");
    server.listen(where);
    await listened;
  } catch (error) {
    const text = `listening on ${socket}: ${messageOf(error)}`;
    throw new ExecutorError("DW_EXECUTOR_LISTENING", text, { cause: error });
  }
}

/** @throws ExecutorError DW_EXECUTOR_LISTENING */
async function checkUnused(path: string): Promise<void> {
  const found = await socketUse(path);
  if (found.use === "free") return;
  if (found.use === "used")
    throw new ExecutorError("DW_EXECUTOR_LISTENING", `another executor listens on ${path}`);
  const message = `whether another executor listens on ${path} cannot be found out: ${found.because}`;
  const hint = `Run it as the user that owns ${path}, or as root; or remove that socket if nothing uses it.`;
  throw new ExecutorError("DW_EXECUTOR_LISTENING", message, { hint });
}

async function talk(socket: Socket, session: ExecutorSession): Promise<void> {
  // More errors can follow the first one. Without a listener they would end the process.
  socket.on("error", () => undefined);
  socket.setTimeout(idleMs, () => socket.destroy());
  try {
    // The last answer is written after the last line was read, so the socket must stay open.
    const bytes = socket.iterator({ destroyOnReturn: false });
    for await (const line of linesOf(bytes, maxRequestBytes)) {
      // An act may take longer than the idle timeout.
      socket.setTimeout(0);
      const reply = await session.take(line);
      socket.setTimeout(idleMs);
      if (!send(socket, reply) || reply.last) break;
    }
  } catch (error) {
    if (error instanceof BrokenLine) send(socket, brokenLine(error));
  }
  socket.end(() => socket.destroy());
}

function send(socket: Socket, { value }: ExecutorReply): boolean {
  if (socket.destroyed) return false;
  socket.write(`${JSON.stringify(value)}\n`);
  return true;
}

function brokenLine({ message }: BrokenLine): ExecutorReply {
  const error = { code: "DW_EXECUTOR_PROTOCOL", message, maybe_applied: false };
  return { value: { id: null, error }, last: true };
}
