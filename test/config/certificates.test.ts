import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remediationTypes } from "../../remediations/index.ts";
import { kafkaOptions } from "../../src/app/stream.ts";
import { authorities } from "../../src/config/certificate.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { authority, brokersOwn, clientsOwn } from "../programs/kafka-certificates.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-tls-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const parsed = (ssl: object) =>
  parseConfig(
    JSON.stringify({
      store: { url: "postgres://s@h/d" },
      sources: { main: { url: "postgres://s@h/d" } },
      stream: { kafka: { brokers: ["b:9093"], ssl } },
    }),
    { file: "c.yaml", remediations: remediationTypes, secrets: "checked" },
  );

describe("the files of stream.kafka.ssl", () => {
  it("are read at each connection, so that a renewed certificate needs no restart", () => {
    const files = {
      ca_file: write("ca.pem", authority, 0o644),
      cert_file: write("own.pem", brokersOwn.cert, 0o644),
      key_file: write("own.key", brokersOwn.key),
    };
    const ssl = kafkaOptions(parsed(files))?.ssl;
    if (typeof ssl !== "function") throw new TypeError("there are no files to read");
    expect(ssl()).toEqual({ ca: authority, cert: brokersOwn.cert, key: brokersOwn.key.trim() });
    write("own.pem", clientsOwn.cert, 0o644);
    expect(ssl().cert).toBe(clientsOwn.cert);
  });

  it.each([
    [
      "a key that others may read",
      "key_file",
      () => write("k", clientsOwn.key, 0o644),
      "chmod 600",
    ],
    ["a key that is none", "key_file", () => write("k", "secret"), "no private key"],
    [
      "a key with a passphrase",
      "key_file",
      () => write("k", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n"),
      "openssl pkey",
    ],
    ["a CA that is none", "ca_file", () => write("ca", "hello", 0o644), "no certificate in PEM"],
    ["a CA that anybody may change", "ca_file", () => write("ca", authority, 0o666), "chmod 644"],
    ["a CA that is missing", "ca_file", () => join(folder, "none"), "ENOENT"],
    [
      "a broken CA",
      "ca_file",
      () => write("ca", "-----BEGIN CERTIFICATE-----\nx"),
      "cannot be read",
    ],
  ])("are refused with a sentence: %s", (...[, key, file, words]) => {
    const own = { cert_file: write("c", clientsOwn.cert), key_file: write("own", clientsOwn.key) };
    const ssl = { ...(key === "key_file" && own), [key]: file() };
    expect(() => parsed(ssl)).toThrow(new RegExp(`stream.kafka.ssl.${key}[^]*${words}`));
  });

  it("belong together: a certificate without its key is refused", () => {
    const cert = write("c", clientsOwn.cert);
    expect(() => parsed({ cert_file: cert })).toThrow("cert_file and key_file belong together");
  });
});

const ca = (environment: Readonly<Record<string, string>>): string =>
  authorities(write("ca.pem", authority, 0o644), environment);

describe("the certificates beside ca_file", () => {
  it("are those of NODE_EXTRA_CA_CERTS, which Node leaves out as soon as others are named", () => {
    const extra = write("extra.pem", brokersOwn.cert, 0o644);
    expect(ca({ NODE_EXTRA_CA_CERTS: extra })).toBe(`${authority}\n${brokersOwn.cert}`);
  });

  it.each([
    ["is not there", () => join(folder, "none")],
    ["holds none", () => write("extra.pem", "hello", 0o644)],
    ["is not named", () => ""],
  ])("are none where the file %s, as Node goes on without them", (_what, file) => {
    expect(ca({ NODE_EXTRA_CA_CERTS: file() })).toBe(authority);
  });
});
