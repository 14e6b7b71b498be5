/**
 * The services on a Debian that systemd has booted, from the installation to the purge. The tests tell one story, so each
 * begins where the one before has ended. What happened is read from systemd, the engine and Jira's double.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import { Feeder } from "../acceptance/feeder.ts";
import { BootedServices, daemonConfig, setUpExecutor } from "../programs/booted-services.ts";
import { debianTestable } from "../programs/debian.ts";
import { type DebianPackage, packDebian, packDebianBefore } from "../programs/debian-package.ts";
import { dockerTestable } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { hasVersionBefore } from "../programs/version-before.ts";

const testable = (await debianTestable()) && (await dockerTestable()) && (await hasVersionBefore());

let before: DebianPackage;
let now: DebianPackage;
let services: BootedServices;
let feeder: Feeder | undefined;
let filesBefore: readonly string[];

const sh = (script: string): Promise<string> => services.machine.sh(script);

async function restartedTimes(unit: string, times: string): Promise<void> {
  await eventually(async () =>
    expect(await services.shown(unit, "ActiveState", "NRestarts")).toEqual({
      ActiveState: "active",
      NRestarts: times,
    }),
  );
}

function nothingTwice(restarts: number): void {
  expect(services.jira.issues()).toHaveLength(1);
  expect(services.engine.restarts).toHaveLength(restarts);
}

/**
 * A fault is found, ticketed, and gone after the container was restarted. @param times how often it was by then
 * @returns how many restarts the ticket says have helped
 */
async function curedByRestart(times: number): Promise<number> {
  feeder?.drop("cpu_usage");
  await eventually(() => expect(services.engine.restarts).toHaveLength(times));
  feeder?.restore("cpu_usage");
  await eventually(() => expect(services.told(/it helped:/g)).toBe(times));
  nothingTwice(times);
  return services.told(/it helped:/g);
}

/** Packages then restart no service, as on a machine whose administrator does it. */
const restartNothing =
  "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d";

const incidents = (): Promise<readonly Record<string, unknown>[]> =>
  sql(services.store.url, "select count(*)::int as count from driftwarden.incidents");

describe.skipIf(!testable)("the services on a booted systemd", () => {
  beforeAll(async () => {
    now = await packDebian();
    before = await packDebianBefore(now);
    services = await BootedServices.boot([before, now]);
    filesBefore = await services.files();
  });

  afterAll(async () => {
    await feeder?.stop();
    await services?.stop();
    await before?.remove();
    await now?.remove();
  });

  it("are installed by the package, and neither enabled nor started by it", async () => {
    await sh(`dpkg -i /srv/${before.name}`);
    const units = "driftwarden driftwarden-executor.service driftwarden-executor.socket";
    const { out } = await services.machine.try(`systemctl is-enabled ${units}`);
    expect(out).toBe("disabled\ndisabled\ndisabled\n");
    expect((await services.machine.try(`systemctl is-active ${units}`)).out).not.toMatch(
      /^active/m,
    );
  });

  it("of the version before start when they are configured", async () => {
    feeder = await Feeder.start(services.source.url);
    await services.configure();
    await sh("systemctl enable --now driftwarden-executor.socket driftwarden-executor.service");
    await sh("systemctl enable --now driftwarden");
    await eventually(async () => expect(await services.readiness()).toBe("200"));
  });

  it("are upgraded with the executor first: the daemon of the version before acts through it", async () => {
    await sh(`${restartNothing}; dpkg -i /srv/${now.name}; systemctl restart driftwarden-executor`);
    expect(await curedByRestart(1)).toBe(1);
  });

  it("go on with the schema, the states and the incident of the version before", async () => {
    const [old] = await sql(services.store.url, "select id, number from driftwarden.incidents");
    const began = await sh("date +%s");
    await sh("systemctl restart driftwarden");
    expect(await services.readiness()).toBe("200");
    const entries = await services.journal("driftwarden.service", began.trim());
    const claims = entries.map(({ MESSAGE }) => JSON.parse(MESSAGE ?? ""));
    expect(claims.some(({ msg, models }) => msg === "partition claimed" && models === 1)).toBe(
      true,
    );
    expect(claims.filter(({ level }) => level === "error")).toEqual([]);
    expect(await sql(services.store.url, "select id, number from driftwarden.incidents")).toEqual([
      old,
    ]);
  });

  it("are upgraded with the daemon first: it acts through the executor of the version before", async () => {
    await sh(`dpkg -i /srv/${before.name}; systemctl restart driftwarden-executor`);
    expect(await curedByRestart(2)).toBe(2);
  });

  it("that run are restarted by an upgrade, and are ready when it ends (D14)", async () => {
    const pid = await services.mainPid("driftwarden");
    await sh(`rm /usr/sbin/policy-rc.d; dpkg -i /srv/${now.name}`);
    expect(await services.mainPid("driftwarden")).not.toBe(pid);
    expect(await services.readiness()).toBe("200");
    // The upgrade does not enable anything, so the new name of the unit comes with the next `enable`.
    await sh("systemctl reenable driftwarden");
    const states = "driftwarden driftwarden-executor incident-response.service";
    expect(await sh(`systemctl is-active ${states}`)).toBe("active\nactive\nactive\n");
    const { StatusText } = await services.shown("driftwarden", "StatusText");
    expect(StatusText).toMatch(/^ready/);
  });

  it("have units that systemd finds no fault with, exposed by 1.1 and 0.4 at most", async () => {
    const units = "driftwarden.service driftwarden-executor.service driftwarden-executor.socket";
    const { out, err } = await services.machine.try(`systemd-analyze verify --man=no ${units}`);
    expect(out + err).toBe("");
    const security = "systemd-analyze security --no-pager --offline=true";
    await sh(`${security} --threshold=11 driftwarden.service`);
    await sh(`${security} --threshold=4 driftwarden-executor.service`);
  });

  it("print what docs/how-to/executor.md says when its commands are typed as printed", async () => {
    expect(await sh(setUpExecutor.commands)).toContain(setUpExecutor.printed);
    expect(await services.readiness()).toBe("200");
  });

  it("act on containers through the executor alone", async () => {
    expect(await sh("cat /var/lib/driftwarden-executor/acts.jsonl")).toContain(services.container);
    const curl = "curl -s --unix-socket /run/docker.sock http://engine/_ping";
    expect((await services.machine.try(`runuser -u driftwarden -- ${curl}`)).code).not.toBe(0);
    expect(await sh(`runuser -u driftwarden-executor -g docker -- ${curl}`)).toBe("OK");
  });

  it("write one line of JSON an entry to the journal, with the priority of its level", async () => {
    const entries = await services.journal("driftwarden.service");
    const priorities = { error: "3", warn: "4", info: "6" };
    expect(entries.length).toBeGreaterThan(10);
    for (const { MESSAGE, PRIORITY } of entries) {
      const { level } = JSON.parse(MESSAGE ?? "");
      expect([level, PRIORITY]).toEqual([level, Reflect.get(priorities, level)]);
    }
  });

  it("go on after SIGKILL of the daemon, and do nothing twice", async () => {
    const pid = await services.mainPid("driftwarden");
    await sh(`kill -KILL ${pid}`);
    await restartedTimes("driftwarden", "1");
    expect(await services.readiness()).toBe("200");
    nothingTwice(2);
  });

  it("leave no container stopped when the executor is killed in the middle of a restart", async () => {
    const begun = new Promise<void>((resolve, reject) => {
      const filters = { container: [services.container], event: ["kill"] };
      watchEvents(services.engine.socket, filters, () => resolve()).catch(reject);
    });
    feeder?.drop("cpu_usage");
    await begun;
    await sh(`kill -KILL ${await services.mainPid("driftwarden-executor")}`);
    await eventually(() => expect(services.engine.restarts).toHaveLength(3));
    feeder?.restore("cpu_usage");
    await eventually(() => expect(services.told(/it helped:/g)).toBe(3));
    const { State } = Object(
      await services.engine.api(`GET /containers/${services.container}/json`),
    );
    expect(State.Status).toBe("running");
    nothingTwice(3);
    await restartedTimes("driftwarden-executor", "1");
  });

  it("are killed by the watchdog and started again when they hang", async () => {
    await sh(
      "mkdir -p /etc/systemd/system/driftwarden.service.d; printf '[Service]\\nWatchdogSec=15s\\n' > /etc/systemd/system/driftwarden.service.d/sooner.conf; systemctl daemon-reload; systemctl restart driftwarden",
    );
    const pid = await services.mainPid("driftwarden");
    await sh(`kill -STOP ${pid}`);
    await eventually(async () => {
      expect(await services.mainPid("driftwarden")).not.toBe(pid);
      expect(await services.shown("driftwarden", "ActiveState")).toEqual({ ActiveState: "active" });
    });
    expect(await sh("journalctl -u driftwarden --no-pager")).toContain("Watchdog timeout");
    expect(await services.readiness()).toBe("200");
    nothingTwice(3);
  });

  it("that do not start after an upgrade leave the package installed", async () => {
    await services.write("/etc/driftwarden/driftwarden.yaml", `${daemonConfig}pol_interval: 3s\n`);
    const { code, err } = await services.machine.try(`dpkg -i /srv/${now.name}`);
    expect([code, err]).toEqual([0, expect.stringContaining("driftwarden.service is not started")]);
    expect(await sh("dpkg-query -W -f '${Status}' driftwarden")).toBe("install ok installed");
    expect(await services.shown("driftwarden", "ActiveState")).toEqual({ ActiveState: "failed" });
    await services.write("/etc/driftwarden/driftwarden.yaml", daemonConfig);
    await sh("systemctl start driftwarden");
  });

  it("stop in order within the deadline", async () => {
    await sh("systemctl stop driftwarden driftwarden-executor.socket driftwarden-executor");
    for (const unit of ["driftwarden", "driftwarden-executor"]) {
      expect(await services.shown(unit, "ActiveState", "Result", "ExecMainStatus")).toEqual({
        ActiveState: "inactive",
        Result: "success",
        ExecMainStatus: "0",
      });
    }
  });

  it("are not started again with a wrong configuration, and the reason stands in the journal", async () => {
    await services.write("/etc/driftwarden/driftwarden.yaml", `${daemonConfig}pol_interval: 3s\n`);
    expect((await services.machine.try("systemctl start driftwarden")).code).not.toBe(0);
    expect(
      await services.shown("driftwarden", "ActiveState", "SubState", "ExecMainStatus"),
    ).toEqual({
      ActiveState: "failed",
      SubState: "failed",
      ExecMainStatus: "78",
    });
    const last = (await services.journal("driftwarden.service")).at(-1);
    expect(last?.["PRIORITY"]).toBe("3");
    expect(JSON.parse(last?.["MESSAGE"] ?? "").err).toMatchObject({
      code: expect.stringMatching(/^DW_CONFIG/),
      message: expect.stringContaining("pol_interval"),
      hint: expect.any(String),
    });
    await services.write("/etc/driftwarden/driftwarden.yaml", daemonConfig);
  });

  it("are gone after the removal, which keeps the configuration, the states and the store", async () => {
    await sh("systemctl restart driftwarden-executor driftwarden; dpkg -r driftwarden");
    const { out } = await services.machine.try(
      "systemctl is-active driftwarden driftwarden-executor driftwarden-executor.socket",
    );
    expect(out).toBe("inactive\ninactive\ninactive\n");
    await sh("cat /etc/driftwarden/driftwarden.yaml /etc/driftwarden/credentials/store-url");
    await sh("cat /var/lib/driftwarden-executor/acts.jsonl");
    expect(await incidents()).toEqual([{ count: 1 }]);
  });

  it("leave nothing on the machine after the purge but what the package has not made", async () => {
    const own = "/etc/systemd/system/multi-user.target.wants/driftwarden-backup.service";
    await sh(`ln -s /etc/systemd/system/driftwarden-backup.service ${own}`);
    await sh("rm -r /etc/systemd/system/driftwarden.service.d; dpkg -P driftwarden");
    const known = new Set(filesBefore);
    const left = (await services.files()).filter((file) => !known.has(file));
    expect(left).toEqual([own]);
    expect((await services.machine.try("getent passwd driftwarden driftwarden-executor")).out).toBe(
      "",
    );
    expect(await incidents()).toEqual([{ count: 1 }]);
  });
});
