/** Finds out whether a process listens on a Unix socket. */
import { once } from "node:events";
import { connect } from "node:net";
import { messageOf } from "../errors.ts";

/**
 * `unknown`: it neither takes nor refuses a connection, so it may belong to a living process.
 */
export type SocketUse =
  | { readonly use: "free" }
  | { readonly use: "used" }
  | { readonly use: "unknown"; readonly because: string };

/** A socket that a dead process left behind refuses connections. */
export async function socketUse(path: string): Promise<SocketUse> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return { use: "used" };
  } catch (error) {
    const code = String(Reflect.get(Object(error), "code"));
    // Its owner listened, and ended before it took the connection.
    if (code === "ECONNRESET") return { use: "used" };
    const isFree = code === "ENOENT" || code === "ECONNREFUSED";
    return isFree ? { use: "free" } : { use: "unknown", because: messageOf(error) };
  } finally {
    socket.destroy();
  }
}
