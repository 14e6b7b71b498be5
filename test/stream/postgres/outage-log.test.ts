import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../../src/store/errors.ts";
import { OutageLog } from "../../../src/stream/postgres/outage-log.ts";
import { StreamHealth } from "../../../src/stream/stream-health.ts";

function setUp() {
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const health = new StreamHealth();
  return { lines, health, outages: new OutageLog({ logger, health }) };
}

const away = (): StoreError =>
  new StoreError("DW_STORE_UNREACHABLE", "using the store: ECONNREFUSED", { hint: "Start it." });

describe("an outage of the stream in the store", () => {
  it("is told with its cause and what to do, once for all that it stops", () => {
    const { health, outages } = setUp();
    expect(health.health()).toEqual({ ok: true });
    for (const part of ["append", "partition 0"]) outages.report(part, away());
    outages.report("partition 1", new Error("another"));
    expect(health.health()).toEqual({
      ok: false,
      reason: "append, partition 0: using the store: ECONNREFUSED. Start it.; partition 1: another",
    });
  });

  it("is logged when it begins and when it ends, without a stack, however often it is met", () => {
    const { lines, health, outages } = setUp();
    for (const part of ["append", "partition 0", "append"]) outages.report(part, away());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("using the store: ECONNREFUSED. Start it.");
    expect(lines[0]).not.toContain("stack");
    for (const part of ["append", "partition 0", "append"]) outages.report(part, undefined);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("works again");
    expect(health.health()).toEqual({ ok: true });
  });

  it("is logged again when the cause is another", () => {
    const { lines, outages } = setUp();
    outages.report("append", away());
    outages.report("append", new Error("disk full"));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("disk full");
  });
});
