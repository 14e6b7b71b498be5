/** The order in which requests are handled: one at a time for each connection, and few at once overall. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Connections } from "./connections.ts";

export interface TurnLimits {
  /** Requests that read the store or a long list, and are worked on at the same time. */
  readonly atOnce: number;
  /** Requests of one connection that may wait for their turn. */
  readonly waitingPerConnection: number;
}

interface Exchange {
  /** Whether it may wait for the store. Few such requests are worked on at once. No other connection waits for them. */
  readonly mayWait: boolean;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Ends the response. */
  readonly work: () => Promise<void> | void;
}

/**
 * Node handles all pipelined requests at once, also those of clients that have disconnected. Here a request waits until
 * the answer before it on the same connection has left this process. Waiting requests are dropped with their connection.
 * A connection on which too many requests wait is closed.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #connections: Connections;
  /** The requests of each open connection. The first one is being worked on. */
  readonly #exchanges = new Map<Socket, Exchange[]>();
  /** Connections whose first request waits for one of the few places. */
  readonly #ready: Socket[] = [];
  #working = 0;

  constructor(limits: TurnLimits, connections: Connections) {
    this.#limits = limits;
    this.#connections = connections;
  }

  /** Takes a request; `work` is called when it is its turn, and never if the client has left by then. */
  take(exchange: Exchange): void {
    const { socket } = exchange.request;
    if (socket.destroyed) return;
    const waiting = this.#exchanges.get(socket) ?? this.#opened(socket);
    if (waiting.length > this.#limits.waitingPerConnection) {
      socket.destroy();
      return;
    }
    waiting.push(exchange);
    if (waiting.length === 1) this.#begin(socket, exchange);
  }

  #opened(socket: Socket): Exchange[] {
    const exchanges: Exchange[] = [];
    this.#exchanges.set(socket, exchanges);
    socket.once("close", () => this.#exchanges.delete(socket));
    return exchanges;
  }

  #begin(socket: Socket, exchange: Exchange): void {
    this.#connections.owed(socket);
    exchange.response.once("finish", () => this.#finished(socket));
    if (!exchange.mayWait) {
      void this.#work(exchange);
      return;
    }
    this.#ready.push(socket);
    this.#next();
  }

  #next(): void {
    while (this.#working < this.#limits.atOnce) {
      const socket = this.#ready.shift();
      if (socket === undefined) return;
      const exchange = this.#exchanges.get(socket)?.[0];
      if (exchange !== undefined) void this.#workInPlace(exchange);
    }
  }

  async #workInPlace(exchange: Exchange): Promise<void> {
    this.#working++;
    await this.#work(exchange);
    // The rest of the process gets its turn between two requests.
    setImmediate(() => {
      this.#working--;
      this.#next();
    });
  }

  async #work({ request, work }: Exchange): Promise<void> {
    try {
      await work();
    } catch {
      request.socket.destroy();
    }
    this.#connections.written();
  }

  #finished(socket: Socket): void {
    this.#connections.answered(socket);
    const exchanges = this.#exchanges.get(socket);
    exchanges?.shift();
    const next = exchanges?.[0];
    if (next !== undefined) this.#begin(socket, next);
  }
}
