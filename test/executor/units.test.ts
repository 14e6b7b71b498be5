/** What the units promise, as it stands in their files. They are started by systemd in tests of their own. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const unit = (name: string): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const line of readFileSync(`systemd/${name}`, "utf8").split("\n")) {
    const [, key = "", value = ""] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key !== "") found.set(key, [...(found.get(key) ?? []), value]);
  }
  return found;
};

describe("the units", () => {
  const daemon = unit("driftwarden.service");
  const executor = unit("driftwarden-executor.service");
  const socket = unit("driftwarden-executor.socket");

  it("give the engine's group to the executor and not to the daemon", () => {
    expect(executor.get("SupplementaryGroups")).toEqual(["docker"]);
    expect(daemon.get("SupplementaryGroups")).toBeUndefined();
  });

  it("give the executor no network, and a user of its own", () => {
    expect(executor.get("PrivateNetwork")).toEqual(["yes"]);
    expect(executor.get("RestrictAddressFamilies")).toEqual(["AF_UNIX"]);
    expect(executor.get("IPAddressDeny")).toEqual(["any"]);
    expect(executor.get("User")).not.toEqual(daemon.get("User"));
  });

  it("let the daemon's user alone connect to the executor", () => {
    expect(socket.get("SocketUser")).toEqual(daemon.get("User"));
    expect(socket.get("SocketMode")).toEqual(["0600"]);
    expect(socket.get("DirectoryMode")).toEqual(["0755"]);
    // The owner of a file shows as nobody in a user namespace, so the executor could not check who may connect.
    expect(executor.get("PrivateUsers")).toBeUndefined();
  });

  it.each([
    ["daemon", daemon],
    ["executor", executor],
  ])("let systemd wait until the %s is ready, and watch it", (_, service) => {
    expect(service.get("Type")).toEqual(["notify"]);
    expect(service.get("OpenFile")).toEqual(["/run/systemd/notify:notify:graceful"]);
    expect(service.get("WatchdogSec")).toBeDefined();
    // A program that the service starts cannot speak for it, except where systemd is too old.
    expect(service.get("NotifyAccess")).toEqual(["main"]);
    expect(unit("older-systemd.conf").get("NotifyAccess")).toEqual(["all"]);
  });

  it.each([
    ["daemon", daemon],
    ["executor", executor],
  ])("let systemd start the %s again without an end, with pauses that grow", (_, service) => {
    expect(service.get("StartLimitIntervalSec")).toEqual(["0"]);
    expect(service.get("Restart")).toEqual(["always"]);
    expect(service.get("RestartSteps")).toEqual(["5"]);
    expect(service.get("RestartMaxDelaySec")).toEqual(["30s"]);
    expect(service.get("RestartPreventExitStatus")).toEqual(["2 78"]);
  });

  it("name users that sysusers makes", () => {
    const users = readFileSync("systemd/driftwarden.sysusers.conf", "utf8");
    for (const service of [daemon, executor]) {
      expect(users).toMatch(new RegExp(`^u ${service.get("User")?.join()} `, "m"));
    }
  });
});
