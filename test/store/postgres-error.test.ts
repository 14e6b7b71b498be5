import { once } from "node:events";
import { createServer } from "node:net";
import { Client, DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { toSourceError } from "../../src/source/errors.ts";
import { StoreError } from "../../src/store/errors.ts";
import { asStoreError, classify, isServerUnwell } from "../../src/store/postgres-error.ts";

function database(code: string): DatabaseError {
  const error = new DatabaseError("said by Postgres", 0, "error");
  error.code = code;
  return error;
}

const socket = (code: string): Error => Object.assign(new Error(code), { code });

describe("what Postgres and its driver throw", () => {
  it.each([
    ["a deadlock", database("40P01"), "conflict"],
    ["a serialization failure", database("40001"), "conflict"],
    ["a shutdown", database("57P01"), "lost"],
    ["starting up", database("57P03"), "lost"],
    ["too many connections", database("53300"), "lost"],
    ["a statement's deadline", database("57014"), "other"],
    ["a wrong password", database("28P01"), "refused"],
    ["a missing database", database("3D000"), "refused"],
    ["a missing right", database("42501"), "refused"],
    ["a unique violation", database("23505"), "other"],
    ["a refused connection", socket("ECONNREFUSED"), "lost"],
    ["no address at all", new AggregateError([socket("ECONNREFUSED")]), "lost"],
    ["a connection that ended", new Error("Connection terminated unexpectedly"), "lost"],
    ["an error of our own that quotes the driver", lostError(), "other"],
    ["anything else", new Error("boom"), "other"],
    ["no error", "boom", "other"],
  ])("%s", (_name, error, failure) => {
    expect(classify(error)).toBe(failure);
  });

  it("say how many connections a role needs that has none left (53300)", () => {
    expect(asStoreError(database("53300"), "using the store")).toMatchObject({
      code: "DW_STORE_UNREACHABLE",
      retryable: true,
      hint: expect.stringContaining("allow 12 for each Driftwarden process"),
    });
    expect(toSourceError(database("53300"), "connecting")).toMatchObject({
      code: "DW_SOURCE_UNREACHABLE",
      hint: expect.stringContaining(
        "CONNECTION LIMIT 4 is enough where it reads one source, 13 for four",
      ),
    });
  });

  it.each(["53100", "53200", "58030", "25006", "40P01", "55P03", "57P01"])(
    "%s is the server's trouble, and the same work may succeed later",
    (code) => expect(isServerUnwell(database(code))).toBe(true),
  );

  it.each(["23505", "57014", "22P05"])("%s is the trouble of the work itself", (code) =>
    expect(isServerUnwell(database(code))).toBe(false),
  );

  it("is a lost connection when a server takes the connection and says nothing", async () => {
    const mute = createServer().listen(0, "127.0.0.1");
    await once(mute, "listening");
    const address = mute.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const client = new Client({ host: "127.0.0.1", port, connectionTimeoutMillis: 30 });
    const error: unknown = await client.connect().catch((cause: unknown) => cause);
    mute.close();
    expect(error).toMatchObject({ message: "timeout expired" });
    expect(classify(error)).toBe("lost");
  });

  it("is told to the operator with what to do, and the cause kept", () => {
    const cause = socket("ECONNREFUSED");
    const told = asStoreError(cause, "opening the store");
    expect(told).toBeInstanceOf(StoreError);
    expect(told).toMatchObject({
      code: "DW_STORE_UNREACHABLE",
      retryable: true,
      cause,
      message: "opening the store: ECONNREFUSED",
    });
  });
});

function lostError(): StoreError {
  const message = "committing: Connection terminated unexpectedly";
  return new StoreError("DW_STORE_COMMIT_UNKNOWN", message, { hint: "Look." });
}
