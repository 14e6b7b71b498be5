/** TCP ports for the servers of the sandbox. */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Systems give outgoing connections a port from 32768 on (Linux) or 49152 on (macOS, Windows). One of those could take
 * a server's port while the server restarts, and a client that retries could even connect to itself.
 */
const lowest = 10_000;
const beyond = 32_768;

/** A port of 127.0.0.1 that nobody listens on, below those of outgoing connections. */
export async function freePort(): Promise<number> {
  const port = randomInt(lowest, beyond);
  return (await canListen(port)) ? port : await freePort();
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
}
