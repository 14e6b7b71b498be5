import { describe, expect, it } from "vitest";
import {
  brokerAddressProblem,
  jiraAddressProblem,
  postgresAddressProblem,
} from "../src/address.ts";
import { hintOfUnreachable } from "../src/unknown-host.ts";

describe("an address of a Postgres that nobody can connect to (FR-T6)", () => {
  it.each([
    ["mysql://u@h/d", "SCHEME", "postgres://"],
    ["jdbc:postgresql://h:5432/d", "SCHEME", "postgres://"],
    ["postgresql+psycopg2://u:p@h/d", "SCHEME", "postgres://"],
    ["http://h:5432/d", "SCHEME", "postgres://"],
    ["h:5432/d", "SCHEME", "postgres://"],
    ["host=127.0.0.1 port=6432 dbname=db user=readonly", "KEY_VALUE", "readonly@127.0.0.1:6432/db"],
    ["dbname='my db' host=db1", "KEY_VALUE", "postgres://user@db1:5432/"],
    ["postgres://reader:s#cret@127.0.0.1:5432/db", "UNESCAPED", "%23"],
    ["postgres://reader:s/cret@127.0.0.1:5432/db", "UNESCAPED", "%2F"],
    ["postgres://reader:s?cret@127.0.0.1:5432/db", "UNESCAPED", "%3F"],
    ["postgres://reader:a@b/c@127.0.0.1:5432/db", "UNESCAPED", "%2F"],
    ["postgres://reader:100%@127.0.0.1:5432/db", "UNESCAPED", "%25"],
    ["postgres://r@db1:5432,db2:5432/db?target_session_attrs=any", "SEVERAL_HOSTS", "host"],
    ["postgres://r@h:54x2/d", "PORT", "65535"],
    ["postgres://r@h:543210/d", "PORT", "65535"],
    ["postgres://r@h:0/d", "PORT", "65535"],
    ["postgres://r@h o/d", "INVALID", "postgres://"],
    ["postgres://r@[::1/d", "INVALID", "[::1]:5432"],
    ["postgres://r@::1]:5432/d", "INVALID", "[::1]:5432"],
    ["postgres://r@fe80::1/d", "INVALID", "[::1]:5432"],
    ["postgres://r@h/d?sslmod=require", "PARAMETER", "Did you mean sslmode?"],
    ["postgres://r@h/d?conect_timeout=3", "PARAMETER", "Did you mean connect_timeout?"],
    ["postgres://r@h/d?s3cret-%F0%9F%98%80-cret", "PARAMETER", "Take it out"],
    ["postgres://r@h/d?sslmode=required", "SSLMODE", "verify-full"],
    ["postgres://r@h/d?sslrootcert=/no/such.pem", "CERTIFICATE_FILE", "sslrootcert"],
    ["postgres://r@h/d?sslmode=verify-ca&sslkey=/no/such.pem", "CERTIFICATE_FILE", "sslkey"],
  ])("%s is DW_ADDRESS_%s", (address, code, hint) => {
    const problem = postgresAddressProblem(address);
    expect(problem?.code).toBe(`DW_ADDRESS_${code}`);
    expect(problem?.hint).toContain(hint);
    expect(`${problem?.message}${problem?.hint}`).not.toMatch(/cret|s#|100%/);
  });

  it.each([
    "postgres://readonly@127.0.0.1/explainability",
    "postgresql://u:p%23%2F@[::1]:5432/d?sslmode=require",
    "postgres://u:p@ss@h/d",
    "postgres:///d?host=/var/run/postgresql",
    "postgres://u@h/d?options=-c%20work_mem%3D5MB&application_name=a@b",
    " postgres://h/d\n",
  ])("is not %j", (address) => {
    expect(postgresAddressProblem(address)).toBeUndefined();
  });
});

describe("an address of a broker", () => {
  it.each([
    ["SASL_SSL://b1:9093", "SCHEME"],
    ["kafka://b1:9092", "SCHEME"],
    ["b1", "PORT"],
    ["b1:", "PORT"],
    ["b1:70000", "PORT"],
    ["b1:9092/topic", "PORT"],
    ["a:9092,b:9092", "SEVERAL_HOSTS"],
    ["[::1:9092", "INVALID"],
    ["::1:9092", "INVALID"],
  ])("%s is DW_ADDRESS_%s", (address, code) => {
    expect(brokerAddressProblem(address)?.code).toBe(`DW_ADDRESS_${code}`);
  });

  it.each(["b1:9092", "127.0.0.1:9092", "[::1]:9092", "b-1.example_x.com:65535"])(
    "is not %s",
    (address) => {
      expect(brokerAddressProblem(address)).toBeUndefined();
    },
  );
});

describe("an address of a page in Jira", () => {
  it.each([
    ["https://x.atlassian.net/browse/IR-1", "https://x.atlassian.net."],
    ["https://x.atlassian.net/jira/software/projects/IR/boards/1", "https://x.atlassian.net."],
    ["https://host/jira/browse/IR-1", "https://host/jira."],
    ["https://host/jira/rest/api/2", "https://host/jira."],
    ["https://host/secure/Dashboard.jspa", "https://host."],
    ["https://host/jira?x=1", "https://host/jira."],
  ])("%s is told with Jira's own", (address, hint) => {
    expect(jiraAddressProblem(address)).toMatchObject({
      code: "DW_ADDRESS_PAGE",
      hint: `Write ${hint}`,
    });
  });

  it.each([
    "https://x.atlassian.net",
    "https://host/jira/",
    "https://api.atlassian.com/ex/jira/1-2",
  ])("is not %s", (address) => {
    expect(jiraAddressProblem(address)).toBeUndefined();
  });
});

describe("a host that has no address", () => {
  it.each(["ENOTFOUND", "EAI_AGAIN"])("%s has a hint of its own", (code) => {
    const looked = Object.assign(new Error(`getaddrinfo ${code} no-such-host`), { code });
    const hint = hintOfUnreachable(new Error("connecting", { cause: looked }), "usual");
    expect(hint).toMatch(/\/etc\/(hosts|resolv\.conf)/);
    expect(hintOfUnreachable(new Error("ECONNREFUSED"), "usual")).toBe("usual");
  });
});
