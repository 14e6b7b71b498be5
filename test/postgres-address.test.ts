import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { withStartOptions } from "../src/postgres-address.ts";

const address = "postgres://u@h/d";
const sslOf = (connectionString: string) => new Client({ connectionString }).ssl;

describe("the address for the driver", () => {
  it.each(["prefer", "require", "verify-ca"])(
    "with sslmode=%s encrypts as before, and gives the driver nothing to warn of",
    (mode) => {
      const given = `${address}?sslmode=${mode}`;
      const ours = withStartOptions(given, []);
      expect(new URL(ours).searchParams.get("sslmode")).toBe("verify-full");
      expect(sslOf(ours)).toEqual(sslOf(given));
    },
  );

  it.each(["sslmode=disable", "sslmode=no-verify", "sslmode=require&uselibpqcompat=true", "a=b"])(
    "keeps %s",
    (query) => {
      const ours = new URL(withStartOptions(`${address}?${query}`, []));
      ours.searchParams.delete("options");
      expect(ours.search).toBe(`?${query}`);
    },
  );

  it("has our options behind its own", () => {
    const ours = withStartOptions(`${address}?options=-c%20a%3D1`, ["-c b=2"]);
    expect(new URL(ours).searchParams.get("options")).toBe("-c a=1 -c b=2");
  });
});
