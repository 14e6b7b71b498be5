/** What `npm run package` makes: read, unpacked, installed and run as its users do. */
import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isNight } from "../programs/nightly.ts";
import { lintianTestable, type Packed, packElsewhere } from "../programs/packages.ts";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url).pathname;
const withLintian = await lintianTestable();
const isRoot = process.getuid?.() === 0;
const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
const toTheEnd = { scorecard: { missed: 0, false_tickets: 0 } };
/** Whoever installs the packages may be root, and whoever runs the program need not be. */
const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};

let one: Packed;
let other: Packed;
const folder = mkdtempSync(join(tmpdir(), "driftwarden-packages-"));
chmodSync(folder, 0o755);
const unpacked = join(folder, "deb");
const program = join(unpacked, "usr/lib/driftwarden/dist/src/main.js");
const file = (kind: "deb" | "npm" | "sbom"): string => join(one.folder, one.made[kind]);
const inDeb = (path: string): string => readFileSync(join(unpacked, path), "utf8");

beforeAll(async () => {
  const committed = execFileSync("git", ["-C", root, "log", "-1", "--format=%ct"])
    .toString()
    .trim();
  [one, other] = await Promise.all([
    packElsewhere({ umask: "0022", env: { TZ: "UTC", SOURCE_DATE_EPOCH: committed } }),
    packElsewhere({ umask: "0077", env: { TZ: "Asia/Tokyo", GIT_DIR: join(root, ".git") } }),
  ]);
  await run("dpkg-deb", ["--raw-extract", file("deb"), unpacked]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([one, other].map((packed) => packed?.remove()));
});

describe("npm run package", () => {
  it("makes the same bytes in another folder, with another umask and in another time zone", () => {
    expect(other.made).toEqual(one.made);
  });

  it("prints one line: the files and their checksums, which SHA256SUMS repeats", async () => {
    expect(one.stdout.trimEnd().split("\n")).toHaveLength(1);
    for (const kind of ["deb", "npm", "sbom"] as const) {
      const sum = createHash("sha256")
        .update(readFileSync(file(kind)))
        .digest("hex");
      expect(one.made.sha256[kind]).toBe(sum);
    }
    await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], {
      cwd: join(one.folder, "dist/package"),
    });
  });

  it("lists in the bill of materials what is shipped, and nothing that only development needs", () => {
    const { bomFormat, components } = JSON.parse(readFileSync(file("sbom"), "utf8"));
    const names = components.map(({ purl }: { purl: string }) => purl);
    expect(bomFormat).toBe("CycloneDX");
    for (const name of ["pg@", "kafkajs@2.2.4", "dockerode@5.0.1", "%40resvg/resvg-js@"]) {
      expect(names).toContainEqual(expect.stringContaining(`pkg:npm/${name}`));
    }
    expect(names).not.toContainEqual(expect.stringMatching(/npm\/(vitest|typescript|knip)@/));
  });
});

describe("the Debian package", () => {
  it.runIf(withLintian)("has no error that lintian finds", async () => {
    const { stdout } = await run("lintian", ["--allow-root", file("deb")]);
    expect(stdout.split("\n").filter((line) => line.startsWith("E:"))).toEqual([]);
  });

  it("keeps the two configurations of the machine at an upgrade, and secrets closed to others", () => {
    expect(inDeb("DEBIAN/conffiles").trim().split("\n")).toEqual([
      "/etc/driftwarden/driftwarden.yaml",
      "/etc/driftwarden/executor.yaml",
    ]);
    const { mode } = lstatSync(join(unpacked, "etc/driftwarden/credentials"));
    expect(mode & 0o777).toBe(0o700);
  });

  it("has a manual page that shows each command and option of the program it ships", async () => {
    const page = gunzipSync(readFileSync(join(unpacked, "usr/share/man/man1/driftwarden.1.gz")))
      .toString()
      .replaceAll("\\-", "-");
    const { stdout } = await run(process.execPath, [program, "--help-all"]);
    const usages = [...stdout.matchAll(/^Usage: (driftwarden .+)$/gm)].map(([, usage]) => usage);
    const flags = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag);
    expect(usages.length).toBeGreaterThan(25);
    for (const shown of [...usages.slice(1), ...flags.slice(1)]) expect(page).toContain(shown);
  });

  it("brings every library that any module of the program loads, and draws pictures", async () => {
    const home = join(unpacked, "usr/lib/driftwarden");
    const modules = ["src", "detectors", "remediations"].flatMap((part) =>
      readdirSync(join(home, "dist", part), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".js") && name !== "main.js")
        .map((name) => `./dist/${part}/${name}`),
    );
    const script = `
      for (const name of ${JSON.stringify(modules)}) await import(name);
      await import("dockerode");
      const { pngRenderer } = await import("./dist/src/tickets/picture/render-png.js");
      const { render } = await pngRenderer();
      const png = await render('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
      process.stdout.write(png.subarray(1, 4));`;
    writeFileSync(join(home, "load-all.mjs"), script);
    const { stdout } = await run(process.execPath, ["load-all.mjs"], { cwd: home });
    expect(stdout).toBe("PNG");
  });

  it("has configurations that are right once the secrets are there", async () => {
    const secret = join(folder, "url");
    writeFileSync(secret, "postgres://driftwarden@127.0.0.1/driftwarden", { mode: 0o600 });
    const config = join(folder, "driftwarden.yaml");
    const shipped = inDeb("etc/driftwarden/driftwarden.yaml");
    writeFileSync(config, shipped.replaceAll(/\/run\/credentials\S+-url/g, secret));
    const args = [program, "check", "--offline", "--config", config];
    const { stdout } = await run(process.execPath, args);
    expect(stdout).toContain("Everything is right.");
  });
});

describe("the npm package", () => {
  const prefix = join(folder, "prefix");
  const driftwarden = join(prefix, "bin/driftwarden");
  const elsewhere = { cwd: "/", ...nobody, env: { ...process.env, HOME: "/nonexistent" } };

  beforeAll(async () => {
    const args = ["install", "--global", "--prefix", prefix, "--prefer-offline", "--no-audit"];
    await run("npm", [...args, "--no-fund", file("npm")], { cwd: folder });
  });

  it("runs from anywhere, as a user who did not install it", async () => {
    const { stdout } = await run(driftwarden, ["version"], elsewhere);
    expect(`driftwarden-${stdout.trim()}.tgz`).toBe(one.made.npm.split("/").at(-1));
  });

  it("checks a configuration, and says what is wrong with it", async () => {
    const home = join(prefix, "lib/node_modules/driftwarden");
    const args = ["check", "--offline", "--config", join(home, "systemd/driftwarden.example.yaml")];
    await expect(run(driftwarden, args, elsewhere)).rejects.toMatchObject({ code: 78 });
  });

  it("brings the pages that its messages name, and no sources", () => {
    const home = join(prefix, "lib/node_modules/driftwarden");
    expect(readdirSync(home).toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "docs",
      "node_modules",
      "package.json",
      "systemd",
    ]);
    expect(readdirSync(join(home, "docs"))).toContain("runbooks");
    expect(readdirSync(join(home, "dist")).toSorted()).toEqual([
      "detectors",
      "remediations",
      "src",
    ]);
    const files = readdirSync(home, { recursive: true, encoding: "utf8" });
    const own = files.filter((name) => !name.startsWith("node_modules"));
    expect(own.filter((name) => /\.(ts|map)$/.test(name))).toEqual([]);
  });

  it(
    "tells the demo's story, as a user who did not install it",
    async () => expect(await demo()).toMatchObject(isNight ? toTheEnd : { event: "issue_created" }),
    31 * 60_000,
  );

  /**
   * Runs the demo. The story from here on is that of the demo's own test, so each change ends it at the first ticket.
   *
   * @returns the ticket, or at night the last line
   */
  async function demo(): Promise<unknown> {
    const child = spawn(driftwarden, ["demo", "--json"], { ...elsewhere, stdio });
    const ended = once(child, "exit");
    let last: unknown;
    for await (const line of createInterface({ input: child.stdout })) {
      last = JSON.parse(line);
      if (isNight || Object(last).event !== "issue_created") continue;
      child.kill("SIGINT");
      break;
    }
    child.stdout.resume();
    const [code] = await ended;
    expect(code).toBe(isNight ? 0 : 1);
    return last;
  }
});
