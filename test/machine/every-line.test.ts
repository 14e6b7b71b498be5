/**
 * Every line of `driftwarden doctor` about this machine, with each way in which it was seen red. A line that is added to
 * the list without a case here fails.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CheckFinding } from "../../src/finding.ts";
import { machineLines, machineParts } from "../../src/machine/lines.ts";
import type { MachineSettings } from "../../src/machine/machine.ts";
import { type MadeUp, madeUpMachine, rightSettings } from "./made-up-machine.ts";
import { red } from "./red-lines.ts";

async function look(
  made: MadeUp,
  settings: Partial<MachineSettings> = {},
): Promise<readonly CheckFinding[]> {
  const parts = machineParts(madeUpMachine(made), { ...rightSettings, ...settings });
  return (await Promise.all(parts.map((part) => part.look()))).flat();
}

const isGreen = ({ ok, doubtful }: CheckFinding): boolean => ok && !doubtful;
const checks = machineLines.map(({ check }) => check);
const cases = Object.entries(red).flatMap(([check, reds]) =>
  reds.map((one) => ({ check, name: `${check}: ${one.when}`, one })),
);

describe("a line of doctor about this machine", () => {
  it("has a red case, and each red case has a line", () => {
    expect(Object.keys(red).toSorted()).toEqual(checks.toSorted());
    expect(Object.values(red).every((reds) => reds.length > 0)).toBe(true);
  });

  it("is green, once each, where everything is right", async () => {
    const found = await look({});
    expect(found.filter((one) => !isGreen(one))).toEqual([]);
    expect(found.map(({ check }) => check).toSorted()).toEqual(checks.toSorted());
  });

  it.each(cases)("was red: $name", async ({ check, one }) => {
    const found = (await look(one.machine ?? {}, one.settings)).filter((each) => !isGreen(each));
    const told = found.find(({ message }) => message.includes(one.says));
    expect(told).toMatchObject({ check, ok: one.code === undefined, code: one.code ?? null });
    expect(told?.hint).toMatch(/^\S.{10,}/);
    expect(told?.ask).toMatch(/^(you|root on this machine)$/);
    // What is wrong in one place is told by its own line alone.
    expect([...new Set(found.map((each) => each.check))]).toEqual([check]);
  });

  it("has for each code of this room a case that shows it", () => {
    const codes = readFileSync("src/machine/errors.ts", "utf8").match(/DW_MACHINE_[A-Z_]+/g) ?? [];
    // The difference between two clocks is told beside the database that has the other one.
    const here = codes.filter((code) => code !== "DW_MACHINE_CLOCK");
    expect(here.filter((code) => !cases.some(({ one }) => one.code === code))).toEqual([]);
  });
});

describe("what this machine does not tell", () => {
  it("is said to be unknown, and is no fault", async () => {
    const nothing: MadeUp = {
      outputs: {
        timedatectl: undefined,
        "systemctl show": undefined,
        "systemctl cat": undefined,
        "systemd-analyze security": undefined,
      },
      texts: { "/proc/meminfo": undefined, "/proc/self/limits": undefined },
      entries: { "/run/systemd/system": "missing" },
    };
    const found = await look(nothing);
    expect(found.filter((one) => !isGreen(one))).toEqual([]);
    expect(found.filter(({ message }) => message.includes("not known"))).toHaveLength(3);
    expect(found).toContainEqual(expect.objectContaining({ message: "systemd does not run here" }));
  });

  it("is read from timesyncd's sign where there is no timedatectl", async () => {
    const sign = { "/run/systemd/timesync/synchronized": { uid: 0, mode: 0o644 } };
    const found = await look({ outputs: { timedatectl: undefined }, entries: sign });
    expect(found).toContainEqual(
      expect.objectContaining({ check: "clock", message: "the clock is synchronised" }),
    );
  });
});

describe("the second process", () => {
  it("has its own lines, once it is configured", async () => {
    const parts = machineParts(madeUpMachine(), { ...rightSettings, hasExecutor: true });
    expect(parts.map(({ part }) => part)).toEqual(["machine", "unit", "unit:executor"]);
    const [, , executor] = parts;
    expect(await executor?.look()).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("driftwarden-executor.service") }),
    );
  });
});
