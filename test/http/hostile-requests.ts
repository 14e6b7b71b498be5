/** Draws requests that nobody should send: whole ones, broken ones and bytes. */
import { fc } from "@fast-check/vitest";

const oddParts = [
  ..."/|//|/..|/%|/%00|/%ff|*|?|#|/\\|http://[|http://x/|/metrics|/-/ready|/-/healthy|/api/v1/".split(
    "|",
  ),
  ..."models|runs|incidents|effects|?after=|?after=1e308|?after=-1|?after=1:a%00b|?status=|&&&".split(
    "|",
  ),
];
const oddMethods = "POST|PUT|DELETE|OPTIONS|TRACE|CONNECT|QUERY|PRI|get|".split("|");
const oddHeaders = [
  ..."host: localhost|host: evil.example|host:|host: a b%|content-length: 5|content-length: -1".split(
    "|",
  ),
  ..."content-length: 99999999999999999999|transfer-encoding: chunked|expect: 100-continue".split(
    "|",
  ),
  ..."expect: x|upgrade: websocket|connection: upgrade|connection: close|range: bytes=0-".split(
    "|",
  ),
  `x: ${"y".repeat(20_000)}`,
];
const bytes = fc.string({ unit: "binary", maxLength: 30 });
const part = fc.oneof(fc.constantFrom(...oddParts), bytes);
const header = fc.oneof(
  { arbitrary: fc.constantFrom(...oddHeaders), weight: 3 },
  fc.tuple(fc.string({ maxLength: 10 }), bytes).map((pair) => pair.join(":")),
);

const request = fc
  .record({
    method: fc.oneof(
      { arbitrary: fc.constantFrom("GET", "HEAD"), weight: 3 },
      fc.constantFrom(...oddMethods),
    ),
    target: fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
    version: fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""),
    headers: fc
      .array(header, { maxLength: 4 })
      .map((all) => ["host: localhost", ...all].join("\r\n")),
    body: fc.oneof(fc.constantFrom("", "5\r\nhello\r\n0\r\n\r\n", "\0"), bytes),
    times: fc.oneof({ arbitrary: fc.constant(1), weight: 9 }, fc.integer({ min: 2, max: 400 })),
  })
  .map((drawn) => {
    const line = `${drawn.method} ${drawn.target} ${drawn.version}`;
    return Buffer.from(`${line}\r\n${drawn.headers}\r\n\r\n${drawn.body}`.repeat(drawn.times));
  });

/** The bytes of one connection. */
export const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  { arbitrary: request, weight: 6 },
  {
    arbitrary: fc.tuple(request, fc.nat(400)).map(([whole, end]) => whole.subarray(0, end)),
    weight: 2,
  },
  fc.uint8Array({ maxLength: 2000 }),
);
