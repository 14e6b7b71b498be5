/** HTTP answers that nobody should send, drawn by seed, and a server that sends them. */
import { once } from "node:events";
import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { fc } from "@fast-check/vitest";

/** What a server does to one connection. */
export interface HostileAnswer {
  readonly bytes: Uint8Array;
  /** What follows the bytes. */
  readonly after: "end" | "break" | "silence" | "more";
}

const statuses = [
  100, 101, 102, 103, 200, 200, 200, 201, 204, 205, 206, 226, 301, 302, 304, 307, 400, 401, 403,
  404, 405, 408, 409, 413, 418, 429, 451, 500, 502, 503, 504, 599, 999, 0,
];
const oddHeaders = [
  "content-type: text/html",
  "content-type: application/json",
  "content-encoding: gzip",
  "upgrade: websocket",
  "",
  "",
  "connection: upgrade",
  "connection: keep-alive",
  "transfer-encoding: chunked",
  "transfer-encoding: x",
  "",
  "",
  "content-length: 5",
  "content-length: -1",
  "content-length: 99999999999999999999",
  "retry-after: 1e99",
  "",
  "",
  "retry-after: Fri, 20 Nov 2026 10:00:30 GMT",
  "retry-after: -7",
  "location: foo:bar",
  "location: //[",
  "",
  "",
  "x-seraph-loginreason: AUTHENTICATION_DENIED",
  "__proto__: x",
  "set-cookie: a=b",
  "date: never",
  "",
  "",
  `x: ${"y".repeat(20_000)}`,
];
const bytes = fc.string({ unit: "binary", maxLength: 40 });
const header = fc.oneof(
  { arbitrary: fc.constantFrom(...oddHeaders), weight: 3 },
  fc.tuple(fc.string({ maxLength: 10 }), bytes).map((pair) => pair.join(":")),
);
const oddBodies = [
  "",
  " ",
  "null",
  "7",
  '"ok"',
  "<html>Log in</html>",
  "{",
  '{"id":"1"',
  "[]",
  "{}",
];

/** Plain data with the keys that the reader looks for, and anything in their places. */
function dataWith(keys: readonly string[]): fc.Arbitrary<unknown> {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(null, true, 0, -1, 1e308, "", "1", "IR-1", "c".repeat(64)),
        fc.string({ unit: "binary", maxLength: 20 }),
      ),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...keys, "__proto__"), tie("tree"), { maxKeys: 8 }),
    ),
  }));
  return tree;
}

/** @param keys that the reader looks for; @param whole answers that are right, to be spoilt */
export function hostileAnswers(
  keys: readonly string[],
  whole: readonly unknown[],
): fc.Arbitrary<HostileAnswer> {
  const body = fc.oneof(
    { arbitrary: dataWith(keys).map((value) => JSON.stringify(value)), weight: 4 },
    { arbitrary: fc.constantFrom(...whole.map((value) => JSON.stringify(value))), weight: 3 },
    fc.constantFrom(...oddBodies, "[".repeat(100_000), `"${"x".repeat(1_000_000)}"`),
    bytes,
  );
  const answer = fc
    .record({
      version: fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "ICY"),
      status: fc.oneof(fc.constant(200), fc.constantFrom(...statuses)),
      headers: fc.array(header, { maxLength: 3 }),
      body,
      isSized: fc.boolean(),
      times: fc.oneof({ arbitrary: fc.constant(1), weight: 9 }, fc.integer({ min: 2, max: 300 })),
    })
    .map(({ version, status, headers, body: text, isSized, times }) => {
      const size = isSized ? [`content-length: ${Buffer.byteLength(text)}`] : [];
      const head = [`${version} ${status} x`, ...size, ...headers].join("\r\n");
      const all = `${head}\r\n\r\n${text}`;
      return Buffer.from(all.length > 10_000 ? all : all.repeat(times));
    });
  return fc.record({
    bytes: fc.oneof(
      { arbitrary: answer, weight: 8 },
      {
        arbitrary: fc.tuple(answer, fc.nat(300)).map(([all, end]) => all.subarray(0, end)),
        weight: 2,
      },
      fc.uint8Array({ maxLength: 500 }),
    ),
    // Silence ends the calls beside it, too.
    after: fc.oneof(
      { arbitrary: fc.constant("end" as const), weight: 60 },
      { arbitrary: fc.constant("break" as const), weight: 6 },
      { arbitrary: fc.constant("silence" as const), weight: 1 },
      { arbitrary: fc.constant("more" as const), weight: 1 },
    ),
  });
}

/** More than this nobody reads. */
const mostMore = 200_000_000;
const chunk = "x".repeat(65_536);

export class HostileByteServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What the next connections are answered; afterwards the last one again. */
  answers: readonly HostileAnswer[] = [];
  #next = 0;
  /** Bytes of the longest endless answer that one connection took. */
  longest = 0;
  /** Called when a connection is left in silence: its reader's deadline may pass. */
  readonly #onSilence: () => void;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(at: ListenOptions): Promise<number> {
    this.#server.listen(at);
    await once(this.#server, "listening");
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => this.#sockets.delete(socket));
    const answer = this.answers[this.#next++ % this.answers.length];
    if (answer === undefined) return void socket.destroy();
    socket.once("data", () => {
      socket.resume();
      socket.write(answer.bytes, () => this.#after(socket, answer.after));
    });
  }

  #after(socket: Socket, after: HostileAnswer["after"]): void {
    if (after === "end") socket.end();
    if (after === "silence") this.#onSilence();
    if (after === "break") socket.destroy();
    if (after === "more") this.#goOn(socket, 0);
  }

  #goOn(socket: Socket, taken: number): void {
    this.longest = Math.max(this.longest, taken);
    if (socket.destroyed || taken > mostMore) return;
    const more = (): void => this.#goOn(socket, taken + chunk.length);
    if (socket.write(chunk)) setImmediate(more);
    else socket.once("drain", more);
  }
}

/** How many times as many as in CI, and which: `npm run nightly` sets both. */
export const fuzz = {
  /** Times as many draws. */
  effort: Number(process.env["DRIFTWARDEN_FUZZ"] ?? 1),
  seed: Number(process.env["DRIFTWARDEN_SEED"] ?? 20_261_126),
};
