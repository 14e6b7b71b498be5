import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const script = "systemd/ubos/scripts/self_heal.sh";
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "driftwarden-ubos-"));
  // Writes down each argument that it gets.
  const tool = `#!/bin/sh\nfor word in "$@"; do echo "$word"; done >> ${folder}/calls\nexit 3\n`;
  writeFileSync(join(folder, "tool"), tool, { mode: 0o755 });
  writeFileSync(join(folder, "ubos"), tool, { mode: 0o755 });
});

afterAll(() => rmSync(folder, { recursive: true }));

function heal(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const calls = join(folder, "calls");
  rmSync(calls, { force: true });
  const env = { PATH: "/usr/bin:/bin", ...environment };
  const { status, stderr } = spawnSync("sh", [script, ...args], { env, encoding: "utf8" });
  return { status, stderr, called: existsSync(calls) ? readFileSync(calls, "utf8") : undefined };
}

describe("self_heal.sh", () => {
  it("restarts one service with the host's own tool, and ends as the tool ends (D13)", () => {
    const RESTART_COMMAND = `${folder}/tool container restart`;
    expect(heal(["my-service"], { RESTART_COMMAND })).toMatchObject({
      status: 3,
      called: "container\nrestart\nmy-service\n",
    });
  });

  it("calls `ubos container restart` unless told otherwise (D13)", () => {
    expect(heal(["my-service"], { PATH: `${folder}:/usr/bin:/bin` })).toMatchObject({
      status: 3,
      called: "container\nrestart\nmy-service\n",
    });
  });

  it("says what to set where there is no such tool", () => {
    const { status, stderr } = heal(["my-service"]);
    expect(status).toBe(78);
    expect(stderr).toContain("ubos is not installed");
    expect(stderr).toContain("RESTART_COMMAND");
  });

  it.each([
    [],
    ["a", "b"],
    [""],
    ["--all"],
    ["a b"],
    ["a;reboot"],
    ["$(reboot)"],
    ["../web"],
    ["a\nb"],
    ["*"],
  ])("calls nothing for %j", (...args) => {
    const { status, stderr, called } = heal(args, { RESTART_COMMAND: `${folder}/tool` });
    expect({ status, called }).toEqual({ status: 64, called: undefined });
    expect(stderr).toMatch(/^self_heal.sh: /);
  });

  it("reads no pattern and no command in RESTART_COMMAND", () => {
    const RESTART_COMMAND = `${folder}/tool * $(reboot) ;`;
    expect(heal(["web"], { RESTART_COMMAND }).called).toBe("*\n$(reboot)\n;\nweb\n");
  });
});

describe("the app's folder (D13)", () => {
  const page = readFileSync("systemd/ubos/README.md", "utf8");

  it("has the source, the unit under its second name, and a script that can be run", () => {
    expect(existsSync("src/main.ts")).toBe(true);
    expect(readFileSync("systemd/driftwarden.service", "utf8")).toMatch(
      /^Alias=incident-response\.service$/m,
    );
    execFileSync("test", ["-x", script]);
    for (const [, path = ""] of page.matchAll(/`(systemd\/[^` ]+)`/g))
      expect([path, existsSync(path)]).toEqual([path, true]);
  });

  it("does not claim that it ran on UBOS", () => {
    expect(page).toContain("nothing here was run with it");
  });
});
