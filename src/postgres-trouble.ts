/** Classifies why a connection to a Postgres cannot be made, by what the operator has to do about it. */
import { messageOf } from "./errors.ts";

export type PostgresTrouble =
  | "password_missing"
  | "login_refused"
  | "database_missing"
  | "certificate"
  | "tls_needed"
  | "tls_missing"
  | "pooler";

interface TroubleSign {
  readonly trouble: PostgresTrouble;
  /** What an error with this trouble looks like: its code, or its words. */
  readonly code?: RegExp;
  readonly words?: RegExp;
}

/** The first that fits decides. */
const signs: readonly TroubleSign[] = [
  { trouble: "password_missing", words: /client password must be|empty password returned/ },
  { trouble: "pooler", words: /unsupported startup parameter/ },
  { trouble: "tls_missing", words: /server does not support SSL/ },
  { trouble: "tls_needed", code: /^28/, words: /no encryption|SSL off/ },
  {
    trouble: "certificate",
    code: /CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH|^ERR_(SSL|TLS|OSSL)|^EPROTO$/,
  },
  { trouble: "database_missing", code: /^3D000/ },
  { trouble: "login_refused", code: /^28/ },
];

/** What to do; `where` names the keys, such as `store` or `the source`. */
const hints: Readonly<Record<PostgresTrouble, (where: string) => string>> = {
  password_missing: (where) =>
    `The server wants a password: put it into a file and name it in password_file of ${where}.`,
  login_refused: (where) =>
    `Check the user and the password of ${where}, and the server's pg_hba.conf.`,
  database_missing: (where) => `Correct the name of the database in the address of ${where}.`,
  certificate: (where) =>
    `The server's certificate is not trusted: add sslmode=verify-full and sslrootcert=/path/ca.pem to the address of ${where}, or sslmode=no-verify to encrypt without proof.`,
  tls_needed: (where) =>
    `The server admits encrypted connections only: add sslmode=require to the address of ${where}, or change pg_hba.conf.`,
  tls_missing: (where) =>
    `The server does not encrypt: take sslmode out of the address of ${where}, or switch ssl on in the server.`,
  pooler: (where) =>
    `PgBouncer refuses settings at the start of a connection: name Postgres itself in the address of ${where}, or set ignore_startup_parameters = options and pool_mode = session in PgBouncer.`,
};

/** @returns undefined when it is another failure, such as a server that cannot be reached */
export function postgresTrouble(error: unknown): PostgresTrouble | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const text = messageOf(error);
  return signs.find((sign) => (sign.code?.test(code) ?? true) && (sign.words?.test(text) ?? true))
    ?.trouble;
}

export const troubleHint = (trouble: PostgresTrouble, where: string): string =>
  hints[trouble](where);
