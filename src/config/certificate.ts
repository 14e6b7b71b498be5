/**
 * Reads certificates, and the key of a TLS client, from files. They are read at each connection, so a renewed one is
 * used at once.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { messageOf } from "../errors.ts";
import { ConfigError } from "./errors.ts";
import { readSecret } from "./secret.ts";

/** A bundle of all public authorities takes about 220 kB. */
const maxBytes = 1_048_576;

/** Why a file cannot serve as certificates in PEM, one clause; undefined when it can. */
export function certificateProblem(file: string): string | undefined {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return `${file} is not a plain file`;
    if (stat.size > maxBytes) return `${file} is larger than ${maxBytes} bytes`;
    if ((stat.mode & 0o002) !== 0) {
      return `everybody on this machine may change ${file}; chmod 644 it`;
    }
    const text = readFileSync(file, "utf8");
    if (!text.includes("-----BEGIN CERTIFICATE-----")) {
      return `${file} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`;
    }
    void new X509Certificate(text);
    return undefined;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}

/** Why a text cannot serve as the private key of a client, one clause; undefined when it can. */
export function privateKeyProblem(file: string, text: string): string | undefined {
  if (/BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(text)) {
    return `${file} is encrypted; write it without its passphrase: openssl pkey -in OLD -out ${file}`;
  }
  try {
    createPrivateKey(text);
    return undefined;
  } catch {
    return `${file} holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----`;
  }
}

/** @throws ConfigError DW_CONFIG_SECRET when the file holds no certificate that may be used */
export function readCertificates(file: string): string {
  const problem = certificateProblem(file);
  if (problem !== undefined) throw unusable(problem, file);
  return readFileSync(file, "utf8");
}

/**
 * The authorities of a file, and those of NODE_EXTRA_CA_CERTS. Node ignores the latter for a connection that names
 * authorities of its own, so they are added here. If they cannot be read, they are left out, as Node does.
 *
 * @throws ConfigError DW_CONFIG_SECRET when the file holds no certificate that may be used
 */
export function authorities(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const own = readCertificates(file);
  const extra = environment["NODE_EXTRA_CA_CERTS"] ?? "";
  if (extra === "" || certificateProblem(extra) !== undefined) return own;
  return `${own}\n${readFileSync(extra, "utf8")}`;
}

/** What reads {@link authorities} at each connection; undefined where no file is named. */
export function readAuthorities(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): (() => string) | undefined {
  return file === undefined ? undefined : () => authorities(file, environment);
}

/** @throws ConfigError DW_CONFIG_SECRET when the file holds no key, or others may read it */
export function readPrivateKey(file: string): string {
  const key = readSecret(file);
  const problem = privateKeyProblem(file, key);
  if (problem !== undefined) throw unusable(problem, file);
  return key;
}

const unusable = (problem: string, file: string): ConfigError =>
  new ConfigError("DW_CONFIG_SECRET", `reading a certificate: ${problem}`, {
    hint: `Write it in PEM into ${file}.`,
    retryable: true,
  });
