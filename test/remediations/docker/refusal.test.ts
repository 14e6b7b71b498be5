import { describe, expect, it } from "vitest";
import type { Container } from "../../../remediations/docker/engine.ts";
import { type RefusalContext, refusal } from "../../../remediations/docker/refusal.ts";
import { containerShown, mountAt } from "./container-shown.ts";

const harmless = containerShown();

function refusalOf(
  shown: Partial<Container>,
  context: Partial<RefusalContext> = {},
): string | undefined {
  return refusal({ ...harmless, ...shown }, { self: undefined, ...context });
}

describe("the refuse list", () => {
  it("leaves a client of databases alone: its addresses are no sign of one", () => {
    expect(refusalOf({})).toBeUndefined();
  });

  it.each([
    "postgres",
    "postgres:16-alpine",
    "bitnami/postgresql:16",
    "localhost:5000/team/mysql",
    "mysql@sha256:0123",
    "docker.io/library/redis:7",
    "redis/redis-stack-server",
    "timescale/timescaledb-ha:pg16",
    "mongo:7",
    "percona-server-mongodb",
    "clickhouse/clickhouse-server",
    "cockroachdb/cockroach",
    "mcr.microsoft.com/mssql/server:2022-latest",
    "gvenzl/oracle-free",
    "hashicorp/vault",
    "traefik:v3",
    "portainer/portainer-ce",
    "tecnativa/docker-socket-proxy",
  ])("refuses the image %s", (image) => {
    expect(refusalOf({ images: [image] })).toContain(image);
  });

  it.each(["acme/kafka-consumer", "redis/api", "myvault/api:1", "postgres.example:5000/acme/api"])(
    "judges the image %s by its base name alone",
    (image) => {
      expect(refusalOf({ images: [image] })).toBeUndefined();
    },
  );

  it("refuses when one of several names of an image is a database", () => {
    expect(refusalOf({ images: ["shop/store:3", "postgres:16"] })).toContain("postgres:16");
  });

  it("refuses an image that has no name", () => {
    expect(refusalOf({ images: [] })).toContain("nobody can tell what it is");
  });

  it.each([
    "PGDATA",
    "POSTGRES_PASSWORD",
    "MYSQL_ROOT_HOST",
    "MONGO_INITDB_DATABASE",
    "discovery.type",
  ])("refuses what is set up by %s", (name) => {
    expect(refusalOf({ envNames: ["PATH", name] })).toContain(name);
  });

  it.each(["/var/lib/postgresql/data", "/var/lib/mysql", "/data/db", "/bitnami/redis/data"])(
    "refuses what mounts %s",
    (destination) => {
      expect(refusalOf({ mounts: [mountAt(destination)] })).toContain(destination);
    },
  );

  it("refuses what holds the engine's socket", () => {
    const mounts = [mountAt("/var/run/docker.sock", { source: "/var/run/docker.sock" })];
    expect(refusalOf({ mounts })).toContain("the engine's own socket");
  });

  it.each(["postgres", "mysqld", "mongod", "redis-server"])("refuses what runs %s", (program) => {
    expect(refusalOf({ programs: ["docker-entrypoint.sh", program] })).toContain(program);
  });
});

describe("weak signs of a database", () => {
  it("is not refused for one", () => {
    expect(refusalOf({ exposedPorts: [6379] })).toBeUndefined();
    expect(refusalOf({ name: "feature-cache-api" })).toBeUndefined();
  });

  it("is refused for two", () => {
    expect(refusalOf({ exposedPorts: [6379], name: "shop-cache-1" })).toBe(
      "shop-cache-1 looks like a database (exposes 6379, is named shop-cache-1). A database is never restarted: fail it over to a replica by its own means.",
    );
    const labels = { "com.docker.compose.service": "db" };
    expect(refusalOf({ name: "shop-db-1", labels })).toContain("is the service db");
  });
});

describe("containers that are somebody else's to restart", () => {
  it("refuses the one Driftwarden runs in, by id and by its first twelve digits", () => {
    expect(refusalOf({}, { self: harmless.id })).toContain("Driftwarden runs in");
    expect(refusalOf({}, { self: "a".repeat(12) })).toContain("Driftwarden runs in");
    expect(refusalOf({}, { self: "b".repeat(12) })).toBeUndefined();
  });

  it.each(["com.docker.swarm.task.id", "com.docker.swarm.task", "io.kubernetes.pod.name"])(
    "refuses what carries the label %s",
    (label) => {
      expect(refusalOf({ labels: { [label]: "1" } })).toContain(label);
    },
  );

  it("refuses what its engine would remove", () => {
    expect(refusalOf({ autoRemove: true })).toContain("--rm");
  });

  it.each(["paused", "restarting", "removing", "dead", "exited", "created", "stopping", ""])(
    "refuses the state '%s'",
    (state) => {
      expect(refusalOf({ state })).toBeTypeOf("string");
    },
  );

  it("lets no label overrule it", () => {
    const labels = { "driftwarden.allow": "true", app: "my-service" };
    expect(refusalOf({ labels, images: ["postgres:16"] })).toBeTypeOf("string");
  });
});
