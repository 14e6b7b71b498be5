import { describe, expect, it } from "vitest";
import { programsOf } from "../../../remediations/docker/programs.ts";
import { programNamed } from "../../../remediations/docker/vocabulary.ts";

const startsDatabase = (argv: readonly string[]): boolean =>
  programsOf(argv).some((program) => programNamed(program) === "database");

describe("FR-H2: the program behind its wrappers", () => {
  it.each([
    [["/tini", "--", "redis-server"]],
    [["tini", "-g", "-e", "143", "--", "redis-server", "/etc/redis.conf"]],
    [["gosu", "redis", "redis-server"]],
    [["su-exec", "redis:redis", "/usr/local/bin/redis-server"]],
    [["sh", "-c", "exec redis-server"]],
    [["/bin/sh", "-ec", "chown -R redis /data && exec gosu redis redis-server --save 60 1"]],
    [["bash", "-c", "sleep 1; FOO=1 exec 'redis-server' --port 1"]],
    [["sh", "-c", 'exec "$@"', "--", "redis-server"]],
    [["bash", "-lc", "while true; do redis-server; done"]],
    [["env", "-i", "TZ=UTC", "redis-server"]],
    [["env", "-u", "TZ", "redis-server"]],
    [["dumb-init", "gosu", "postgres", "postgres", "-D", "/pg"]],
    [["tini", "--", "/docker-entrypoint.sh", "gosu", "mysql", "mysqld"]],
    [["docker-entrypoint.sh", "sh", "-c", "exec mongod --replSet rs0"]],
    [["numactl", "--interleave=all", "mongod"]],
    [["nice", "-n", "5", "mysqld_safe"]],
    [["timeout", "3600", "etcd"]],
    [["setpriv", "--reuid=999", "--clear-groups", "clickhouse-server"]],
    [["sudo", "-u", "postgres", "/usr/lib/postgresql/16/bin/postgres"]],
    [["runuser", "-u", "app", "--", "redis-server"]],
    [["su", "-", "app", "-c", "exec postgres -D /data"]],
    [["su", "-c", "redis-server --port 1", "app"]],
    [["sh", "-c", "eval redis-server"]],
    [["java", "-Xmx1g", "-cp", "/opt/kafka/libs/*", "kafka.Kafka", "server.properties"]],
    [["/opt/kafka/bin/kafka-server-start.sh", "server.properties"]],
    [["python3", "/usr/local/bin/docker-entrypoint.py", "mongod"]],
    [
      [
        "/opt/bitnami/scripts/redis-cluster/entrypoint.sh",
        "/opt/bitnami/scripts/redis-cluster/run.sh",
      ],
    ],
  ])("finds the database in %j", (argv) => {
    expect(startsDatabase(argv)).toBe(true);
  });

  it.each([
    [["tini", "--", "node", "server.js", "redis-server"]],
    [["sh", "-c", "wait-for-it postgres:5432 -- python app.py"]],
    [["sh", "-c", "until redis-cli ping; do sleep 1; done; exec python -m app --cache redis"]],
    [["python", "-m", "postgres"]],
    [["docker-entrypoint.sh", "mysql", "-h", "db"]],
    [["mongosh", "mongodb://mongo"]],
    [["/bin/postgres_exporter"]],
    [["gosu", "postgres", "python", "app.py"]],
    [["sudo", "-u", "postgres", "python", "migrate.py"]],
    [["runuser", "-u", "redis", "--", "node", "app.js"]],
    [["su", "postgres", "-c", "python app.py"]],
    [["su", "postgres"]],
    [["sh", "-c", "echo 'exec postgres' > /tmp/x"]],
    [["sh"]],
    [[]],
  ])("finds none in %j", (argv) => {
    expect(startsDatabase(argv)).toBe(false);
  });

  it("keeps no value of a variable and no argument of the program itself", () => {
    const argv = ["env", "TOKEN=hunter2", "sh", "-c", "KEY=hunter3 exec app --key hunter4"];
    expect(programsOf(argv)).toEqual(["env", "sh", "exec", "app"]);
  });

  it("ends, however deep somebody nests", () => {
    expect(programsOf(Array.from({ length: 5000 }, () => "env")).length).toBe(1);
    expect(programsOf([`sh -c ${"sh -c ".repeat(2000)}`]).length).toBeLessThan(5);
  });
});
