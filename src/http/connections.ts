/**
 * Decides which connections stay open: clients that are silent, slow or never read are disconnected. How a request is
 * answered is not decided here.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** What the connections may cost together. */
export interface ConnectionLimits {
  readonly maxConnections: number;
  /** From a complete request until the last byte of its answer has left this process. */
  readonly answerTimeoutMs: number;
  /** Most bytes of answers that are written and have not left this process, over all connections. */
  readonly maxUnsentBytes: number;
  readonly sweepIntervalMs: number;
}

interface OpenConnection {
  readonly socket: Socket;
  /** When it was opened, or last answered. */
  idleSince: number;
  /** Since when an answer is owed to it; undefined while none is. */
  owedSince: number | undefined;
}

/**
 * Keeps at most `maxConnections` open. A new client takes the place of the connection that has been idle for the
 * longest time: silent clients cannot keep a scrape out. A new client is refused only while every open connection
 * waits for an answer.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  /** Oldest first: an answered connection moves to the end. */
  readonly #open = new Map<Socket, OpenConnection>();

  constructor(server: Server, limits: ConnectionLimits) {
    this.#limits = limits;
    server.on("connection", (socket) => this.#opened(socket));
    const sweep = setInterval(() => this.#sweep(), limits.sweepIntervalMs).unref();
    server.on("close", () => clearInterval(sweep));
  }

  /** A complete request has come. */
  owed(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.owedSince ??= performance.now();
  }

  /** An answer was written. While too many bytes are unsent, the clients that wait for the longest time are cut off. */
  written(): void {
    let unsent = 0;
    for (const { socket } of this.#open.values()) unsent += socket.writableLength;
    if (unsent <= this.#limits.maxUnsentBytes) return;
    for (const { socket } of this.#longestOwedFirst()) {
      if (unsent <= this.#limits.maxUnsentBytes) return;
      unsent -= socket.writableLength;
      if (socket.writableLength > 0) socket.destroy();
    }
  }

  /** The whole answer has left this process. */
  answered(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.owedSince = undefined;
    connection.idleSince = performance.now();
    this.#open.delete(socket);
    this.#open.set(socket, connection);
  }

  #opened(socket: Socket): void {
    if (this.#open.size >= this.#limits.maxConnections && !this.#dropIdle()) {
      socket.destroy();
      return;
    }
    this.#open.set(socket, { socket, idleSince: performance.now(), owedSince: undefined });
    socket.once("close", () => this.#open.delete(socket));
  }

  #dropIdle(): boolean {
    for (const { socket, owedSince } of this.#open.values()) {
      if (owedSince !== undefined) continue;
      this.#open.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #longestOwedFirst(): readonly OpenConnection[] {
    const since = ({ owedSince }: OpenConnection): number => owedSince ?? Number.POSITIVE_INFINITY;
    return [...this.#open.values()].toSorted((a, b) => since(a) - since(b));
  }

  /** Node itself answers timeouts and malformed requests. Such an answer is owed from the first sweep that finds it. */
  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#open.values()) {
      const { socket } = connection;
      if (socket.writableLength > 0 || socket.writableEnded) connection.owedSince ??= now;
      const { owedSince } = connection;
      if (owedSince !== undefined && now - owedSince >= this.#limits.answerTimeoutMs)
        socket.destroy();
    }
  }
}
