import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databaseUrl } from "../../src/config/database.ts";
import { loadConfig } from "../../src/config/load.ts";
import { readSecret } from "../../src/config/secret.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode });
  return file;
}

/** `writeFileSync` heeds the umask. */
function changed(name: string, mode: number): string {
  const file = write(name, "x");
  chmodSync(file, mode);
  return file;
}

describe("a secret's file", () => {
  it("is refused in a folder that anybody may write (FR-C3)", () => {
    const file = write("token", "x");
    chmodSync(folder, 0o1777);
    expect(() => readSecret(file)).toThrow("a folder of their own");
    chmodSync(folder, 0o750);
    expect(readSecret(file)).toBe("x");
  });

  it.runIf(process.getuid?.() === 0)("is refused when it belongs to another user (FR-C3)", () => {
    const file = write("token", "x");
    chownSync(file, 65_534, 65_534);
    expect(() => readSecret(file)).toThrow("another user");
  });

  it("is read without the line end that editors add", () => {
    expect(readSecret(write("token", "abc\n"))).toBe("abc");
  });

  it("is read anew each time, so a rotated secret is used at once", () => {
    const file = write("token", "old");
    expect(readSecret(file)).toBe("old");
    write("token", "new");
    expect(readSecret(file)).toBe("new");
  });

  it.each([
    ["is empty", "empty", () => write("empty", " \n")],
    ["is open to everybody", "everybody", () => write("open", "x", 0o644)],
    ["may be changed by its group (FR-C3)", "chmod 600", () => changed("group", 0o660)],
    ["may be changed by its group alone", "chmod 600", () => changed("write", 0o620)],
    ["is missing", "ENOENT", () => join(folder, "none")],
    ["is a folder", "plain file", () => folder],
    ["is too large", "larger", () => write("large", "x".repeat(70_000))],
  ])("is refused when it %s", (_why, message, make) => {
    expect(() => readSecret(make())).toThrow(message);
  });
});

describe("FR-M2: a secret's file that others may do something with", () => {
  it.each([0o601, 0o602, 0o604, 0o607])("is refused with mode %i, whatever that is", (mode) => {
    const file = write("token", "x");
    chmodSync(file, mode);
    expect(() => readSecret(file)).toThrow("everybody");
  });
});

describe("a database's address", () => {
  it("comes whole from url_file", () => {
    const url_file = write("url", "postgres://u:p@h/d\n");
    expect(databaseUrl({ url_file })).toBe("postgres://u:p@h/d");
  });

  it("takes the password from password_file, whatever letters it has", () => {
    const password_file = write("password", "p@ss:w/r%41d é");
    const url = new URL(databaseUrl({ url: "postgres://u@h/d", password_file }));
    expect(decodeURIComponent(url.password)).toBe("p@ss:w/r%41d é");
    expect(url.host).toBe("h");
  });
});

describe("loading a configuration", () => {
  it("names every secret's file that cannot serve, beside every other problem", () => {
    const open = write("open", "x", 0o644);
    const file = write(
      "dw.yaml",
      `store: {url_file: ${folder}/none}
sources: {main: {url: postgres://h/d, password_file: ${open}, tabel: x}}
`,
    );
    expect(() => loadConfig(file, [])).toThrow(
      expect.objectContaining({
        code: "DW_CONFIG_INVALID",
        problems: [
          expect.objectContaining({ line: 1, path: "store.url_file" }),
          expect.objectContaining({ line: 2, path: "sources.main.tabel" }),
          expect.objectContaining({ line: 2, path: "sources.main.password_file" }),
        ],
      }),
    );
  });

  it("says so when the file itself cannot be read", () => {
    expect(() => loadConfig(join(folder, "none"), [])).toThrow(
      expect.objectContaining({ code: "DW_CONFIG_UNREADABLE" }),
    );
  });
});
