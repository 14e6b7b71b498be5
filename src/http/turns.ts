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
  /** It may wait for the store: few of them are worked on at once. Others never wait for one of these. */
  readonly mayWait: boolean;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Ends the response. */
  readonly work: () => Promise<void> | void;
}

/**
 * Node hands over every request of a pipeline at once, and works on for clients that have left. Here a request waits until the one before it
 * on its connection was taken by the client, and what waits is dropped with its connection. A connection with more requests than may wait is closed.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #connections: Connections;
  /** Of each open connection, the request under way first. */
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
