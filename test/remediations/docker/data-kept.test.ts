import { describe, expect, it } from "vitest";
import type { Container, Mount } from "../../../remediations/docker/engine.ts";
import { type RefusalContext, refusal } from "../../../remediations/docker/refusal.ts";
import { containerShown, mountAt } from "./container-shown.ts";

function refusalOf(
  shown: Partial<Container>,
  context: Partial<RefusalContext> = {},
): string | undefined {
  return refusal(containerShown(shown), { self: undefined, ...context });
}

const failover = "A database is never restarted: fail it over to a replica by its own means.";
const volumeAt = (destination: string, shown: Partial<Mount> = {}): Mount =>
  mountAt(destination, { kind: "volume", source: "shop_store", ...shown });
const unnamedVolumeAt = (destination: string): Mount =>
  volumeAt(destination, { source: "f".repeat(64), anonymous: true });

describe("FR-H2: words of an image's name", () => {
  it.each([
    "confluentinc/cp-kafka:7.6.0",
    "mysql/mysql-server",
    "bitnami/mariadb-galera:11",
    "bitnami/redis-cluster",
    "yugabytedb/yugabyte",
    "couchbase",
    "couchbase/server",
    "mcr.microsoft.com/azure-sql-edge",
    "ibmcom/db2",
    "solr",
    "ghcr.io/zalando/spilo-15",
    "percona/percona-xtradb-cluster",
    "postgres_16",
    "acme/postgres-prod",
    "team/redis-replica",
    "acme/DB",
    "acme/futuredb",
    "quay.io/sclorg/postgresql-13-c9s",
    "dgraph/standalone",
  ])("refuses %s, and names failover", (image) => {
    expect(refusalOf({ images: [image] })).toBe(
      `shop-api-1 runs ${image}, which keeps data. ${failover}`,
    );
  });

  it.each([
    "prometheuscommunity/postgres-exporter",
    "oliver006/redis_exporter",
    "mongo-express:1",
    "acme/postgres-features",
    "acme/redis-scorer",
    "provectuslabs/kafka-ui",
    "zalando/postgres-operator",
    "mysql/mysql-router",
    "proxysql/proxysql",
    "node:20",
    "jaegertracing/all-in-one",
    "acme/dbt-runner",
    "acme/server",
  ])("lets %s pass", (image) => {
    expect(refusalOf({ images: [image] })).toBeUndefined();
  });

  it("lets a tool pass that was built from its database's image", () => {
    const built: Partial<Container> = {
      images: ["prodrigestivill/postgres-backup-local:16"],
      envNames: ["PG_MAJOR", "PGDATA", "POSTGRES_PASSWORD"],
      mounts: [unnamedVolumeAt("/var/lib/postgresql/data"), volumeAt("/backups")],
      exposedPorts: [5432],
      programs: ["init.sh"],
    };
    expect(refusalOf(built)).toBeUndefined();
    expect(refusalOf({ ...built, programs: ["init.sh", "postgres"] })).toContain(failover);
    const mounts = [volumeAt("/var/lib/postgresql/data")];
    expect(refusalOf({ ...built, mounts })).toContain(failover);
  });
});

describe("FR-H2: names of environment variables", () => {
  it.each([
    "MYSQL_ROOT_PASSWORD",
    "MARIADB_ROOT_PASSWORD_FILE",
    "KAFKA_ADVERTISED_LISTENERS",
    "KAFKA_CFG_NODE_ID",
    "KAFKA_BROKER_ID",
    "MONGODB_ROOT_PASSWORD",
    "cluster.initial_master_nodes",
    "CASSANDRA_SEEDS",
    "RABBITMQ_DEFAULT_PASS",
    "NEO4J_AUTH",
    "MSSQL_SA_PASSWORD",
    "ETCD_INITIAL_CLUSTER",
    "MINIO_ROOT_USER",
    "ZOO_MY_ID",
    "ORACLE_PWD",
  ])("refuses what is set up by %s, whatever its image is called", (name) => {
    expect(refusalOf({ envNames: ["PATH", name] })).toBe(
      `shop-api-1 is set up as a database (${name}). ${failover}`,
    );
  });

  it.each([
    "KAFKA_BOOTSTRAP_SERVERS",
    "KAFKA_BROKERS",
    "KAFKA_TOPIC",
    "KAFKA_CLUSTERS_0_NAME",
    "REDIS_HOST",
    "MONGO_URL",
    "PGPASSWORD",
    "MYSQL_HOST",
    "RABBITMQ_URL",
    "ETCD_ENDPOINTS",
    "MINIO_ENDPOINT",
    "ELASTICSEARCH_HOSTS",
  ])("lets a client with %s pass", (name) => {
    expect(refusalOf({ envNames: ["PATH", name] })).toBeUndefined();
  });

  it("take credentials beside a server's address for a client's", () => {
    expect(refusalOf({ envNames: ["POSTGRES_PASSWORD", "POSTGRES_HOST"] })).toBeUndefined();
    expect(refusalOf({ envNames: ["MYSQL_PASSWORD", "DATABASE_URL"] })).toBeUndefined();
    expect(refusalOf({ envNames: ["POSTGRES_PASSWORD"] })).toContain(failover);
    expect(refusalOf({ envNames: ["PGDATA", "PGHOST"] })).toContain(failover);
  });
});

describe("FR-H2: where a container keeps data", () => {
  it.each(["/var/lib/kafka/data", "/opt/couchdb/data", "/var/lib/redis", "/bitnami/mysql/data"])(
    "refuses as a database what has a volume at %s",
    (destination) => {
      expect(refusalOf({ mounts: [unnamedVolumeAt(destination)] })).toBe(
        `shop-api-1 keeps data in ${destination}. ${failover}`,
      );
    },
  );

  it.each([
    ["a named volume", volumeAt("/uploads")],
    ["a bind mount where data is kept", mountAt("/var/lib/grafana")],
    ["a bind mount called data", mountAt("/app/data")],
    ["a volume that the image declares as its data", unnamedVolumeAt("/data")],
  ])("refuses %s, unless a person allows it by name", (_what, mount) => {
    expect(refusalOf({ mounts: [mount] })).toBe(
      `shop-api-1 keeps data in ${mount.destination}. If a restart is safe, say so in the fix: \`allow_stateful: shop-api-1\`.`,
    );
    expect(refusalOf({ mounts: [mount] }, { allowStateful: "shop-api-1" })).toBeUndefined();
    expect(refusalOf({ mounts: [mount] }, { allowStateful: "api" })).toBeUndefined();
  });

  it.each([
    ["read-only data", mountAt("/data", { writable: false })],
    ["a database's folder, read-only", mountAt("/var/lib/mysql", { writable: false })],
    ["memory", mountAt("/data", { kind: "tmpfs" })],
    ["settings", mountAt("/etc/kafka/kafka.conf")],
    ["a database's socket", volumeAt("/var/run/postgresql")],
    ["a cache", volumeAt("/root/.cache/huggingface")],
    ["logs", volumeAt("/var/log/app")],
    ["models", volumeAt("/models")],
    ["code", mountAt("/app/src")],
    ["scripts for a database", mountAt("/docker-entrypoint-initdb.d")],
    ["a volume that nobody named, outside of data", unnamedVolumeAt("/var/www/html")],
  ])("lets %s pass", (_what, mount) => {
    expect(refusalOf({ mounts: [mount] })).toBeUndefined();
  });

  it("refuses a database's port together with a volume", () => {
    const mounts = [unnamedVolumeAt("/srv/files")];
    expect(refusalOf({ mounts, exposedPorts: [6379] })).toBe(
      `shop-api-1 looks like a database (has a volume at /srv/files, exposes 6379). ${failover}`,
    );
    expect(refusalOf({ mounts, exposedPorts: [8080] })).toBeUndefined();
  });

  it("refuses caches in memory, which lose everything", () => {
    expect(refusalOf({ images: ["memcached:1.6"] })).toContain("loses data at a restart");
  });
});

describe("FR-H2: a person's word", () => {
  it.each<[string, Partial<Container>]>([
    ["an image", { images: ["postgres:16"] }],
    ["a program", { programs: ["tini", "redis-server"] }],
    ["a setting", { envNames: ["PGDATA"] }],
    ["a volume", { mounts: [volumeAt("/var/lib/mysql")] }],
    ["signs", { exposedPorts: [6379], name: "shop-cache-1" }],
  ])("does not open what is a database by %s", (_what, shown) => {
    const names = [shown.name ?? "shop-api-1", "api"];
    for (const allowStateful of names) {
      expect(refusalOf(shown, { allowStateful })).toContain(failover);
    }
  });

  it.each(["shop-api", "shop-api-11", "SHOP-API-1", "shop-.*", "", "*", "/shop-api-1"])(
    "must be the name to the letter: '%s' is not",
    (allowStateful) => {
      expect(refusalOf({ mounts: [volumeAt("/uploads")] }, { allowStateful })).toBeTypeOf("string");
    },
  );

  it("does not open what is refused for another reason", () => {
    const shown = { mounts: [volumeAt("/uploads")], autoRemove: true };
    expect(refusalOf(shown, { allowStateful: "shop-api-1" })).toContain("--rm");
  });
});
