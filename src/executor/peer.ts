/**
 * Checks that only one user, and root, can connect to the socket.
 *
 * Node cannot read the user of a connection's peer (SO_PEERCRED). So the check relies on the kernel. To connect(), a
 * user needs write permission on the socket's file and search permission on each folder above it. A socket of mode 0600
 * admits its owner and root. Anybody who may write to a folder above it could replace the socket, so nobody else may.
 *
 * The executor checks this before it listens, and refuses weaker permissions. The check has two limits: the owner may
 * pass a connection to another process, and root may connect.
 */
import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../errors.ts";
import { ExecutorError } from "./errors.ts";

/** The uid of a user name in /etc/passwd; a number is returned as it is. @throws ExecutorError DW_EXECUTOR_PEER */
export function uidOf(peer: string | number, list = "/etc/passwd"): number {
  if (typeof peer === "number") return peer;
  for (const entry of readFileSync(list, "utf8").split("\n")) {
    const [name, , uid] = entry.split(":");
    if (name === peer && uid !== undefined && /^\d+$/.test(uid)) return Number(uid);
  }
  throw unsafe(`there is no user ${peer} in ${list}; name a user that is there, or its number`);
}

/** @throws ExecutorError DW_EXECUTOR_PEER when anybody but this user and root can connect, or replace the socket */
export function checkSocket(socket: string, peer: number): void {
  const file = seen(socket, lstatSync);
  if (!file.isSocket()) throw unsafe(`${socket} is no socket`);
  if (file.uid !== peer) {
    throw unsafe(`${socket} belongs to the user ${file.uid}, and ${peer} is the peer`);
  }
  if ((file.mode & 0o077) !== 0) {
    throw unsafe(`${socket} is open to others: its mode is ${modeOf(file.mode)}, not 600`);
  }
  checkFolders(socket);
}

/** @throws ExecutorError DW_EXECUTOR_PEER when a user other than root and this process's may change a folder above */
export function checkFolders(socket: string): void {
  for (let folder = dirname(socket); ; folder = dirname(folder)) {
    const { uid, mode } = seen(folder, statSync);
    if (uid !== 0 && uid !== process.geteuid?.()) {
      throw unsafe(`${folder} belongs to the user ${uid}, who could replace ${socket}`);
    }
    // In a folder with the sticky bit, such as /tmp, only the owner of an entry may replace it.
    const isShared = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
    if (isShared) {
      throw unsafe(`others may write to ${folder} (mode ${modeOf(mode)}) and replace ${socket}`);
    }
    if (folder === dirname(folder)) return;
  }
}

function seen(path: string, look: (path: string) => Stats): Stats {
  try {
    return look(path);
  } catch (error) {
    throw unsafe(`looking at ${path}: ${messageOf(error)}`, {
      cause: error,
      ...(Reflect.get(Object(error), "code") === "ENOENT" && { hint: missing(path) }),
    });
  }
}

const modeOf = (mode: number): string => (mode & 0o7777).toString(8);

const missing = (path: string): string =>
  `Make it: \`mkdir ${path}\`. Below /run it is gone after a boot, so start driftwarden-executor.socket, which makes it, or name it in /etc/tmpfiles.d. Or set \`socket:\` to a folder that is there.`;

const unsafe = (
  message: string,
  more?: { readonly cause: unknown; readonly hint?: string },
): ExecutorError => new ExecutorError("DW_EXECUTOR_PEER", message, more);
