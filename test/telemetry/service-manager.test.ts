import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openServiceManager, passedFds } from "../../src/telemetry/service-manager.ts";
import { eventually } from "../programs/eventually.ts";

const pid = String(process.pid);
const folder = mkdtempSync(join(tmpdir(), "driftwarden-notify-"));
const failures: string[] = [];
const onFailure = (reason: string): void => void failures.push(reason);

afterAll(() => rmSync(folder, { recursive: true }));

/** As systemd names the descriptors from 3 up to this one, which is the connection. */
const namesUpTo = (fd: number): string =>
  [...Array.from({ length: fd - 3 }, () => "driftwarden-executor.socket"), "notify"].join(":");

describe("descriptors that systemd passed", () => {
  const passed = { LISTEN_PID: pid, LISTEN_FDS: "2" };

  it("are told apart by their names", () => {
    const names = { LISTEN_FDNAMES: "driftwarden-executor.socket:notify" };
    expect(passedFds({ ...passed, ...names })).toEqual({ socket: 3, notify: 4 });
    expect(passedFds({ ...passed, LISTEN_FDS: "1", ...names })).toEqual({ socket: 3 });
    expect(passedFds({ ...passed, LISTEN_FDNAMES: "notify" })).toEqual({ notify: 3 });
  });

  it("are not used by a child, to which they were not passed", () => {
    expect(passedFds({ ...passed, LISTEN_PID: "1", LISTEN_FDNAMES: "notify" })).toEqual({});
  });
});

describe("a message to systemd", () => {
  it("is one write of lines to the descriptor, and no text can add a field", () => {
    const file = join(folder, "sent");
    const fd = openSync(file, "w");
    const LISTEN_FDS = String(fd - 2);
    const environment = { LISTEN_PID: pid, LISTEN_FDS, LISTEN_FDNAMES: namesUpTo(fd) };
    const manager = openServiceManager({ environment, onFailure });
    manager?.notify({ READY: "1", STATUS: "away\nMAINPID=1" });
    closeSync(fd);
    expect(readFileSync(file, "utf8")).toBe("READY=1\nSTATUS=away MAINPID=1");
    manager?.notify({ WATCHDOG: "1" });
    expect(failures).toEqual([expect.stringContaining("EBADF")]);
  });

  it("goes through systemd-notify where systemd is older than 253", async () => {
    const sent = join(folder, "by-program");
    const program =
      '#!/bin/sh\nfor field in "$@"; do echo "$field"; done > "$(dirname "$0")/by-program"\n';
    writeFileSync(join(folder, "systemd-notify"), program, { mode: 0o755 });
    const path = process.env["PATH"];
    process.env["PATH"] = `${folder}:${path}`;
    try {
      const environment = { NOTIFY_SOCKET: "/run/systemd/notify" };
      openServiceManager({ environment, onFailure })?.notify({ READY: "1", STATUS: "all well" });
      await eventually(() => expect(readFileSync(sent, "utf8")).toBe("READY=1\nSTATUS=all well\n"));
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("is not sent by a process that is no such service", () => {
    expect(openServiceManager({ environment: {}, onFailure })).toBeUndefined();
  });
});

const watched = (environment: Readonly<Record<string, string>>): number | undefined =>
  openServiceManager({ environment: { NOTIFY_SOCKET: "/n", ...environment }, onFailure })
    ?.watchdogMs;

describe("the watchdog's time", () => {
  it.each([
    [{ WATCHDOG_USEC: "180000000", WATCHDOG_PID: pid }, 180_000],
    [{ WATCHDOG_USEC: "180000000" }, 180_000],
    [{ WATCHDOG_USEC: "180000000", WATCHDOG_PID: "1" }, undefined],
    [{}, undefined],
  ])("of %j is %j", (environment, ms) => {
    expect(watched({ ...environment })).toBe(ms);
  });
});
