/**
 * Classifies the names of images, programs and folders: each is a database, keeps data, is a tool of a database, or
 * only mentions one. Pure.
 */

/** The class of a name. `companion`: a client, an exporter, a front end or a tool of a database. */
export type Named = "database" | "stateful" | "companion" | "mention" | undefined;

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Words for databases, brokers and coordinators. A longer word that ends in `db` or `sql` counts too. */
const databases = set(
  `postgres postgresql postgis pgvector pgvecto spilo patroni citus greenplum mysql mariadb percona pxc mongo mongod redis redisearch redisjson redisbloom redistimeseries redisgraph redisai
  redismod rejson valkey keydb dragonfly garnet elasticsearch opensearch clickhouse cassandra dse scylla cockroach
  yugabyte couchbase influx neo4j etcd zookeeper kafka redpanda rabbitmq nats activemq artemis pulsar bookkeeper emqx
  minio qdrant weaviate milvus chroma mssql oracle solr vault consul memgraph dgraph janusgraph tarantool
  aerospike ignite hazelcast infinispan geode voldemort riak crate vertica exasol
  teradata hana sybase firebird informix singlestore memsql vitess tikv druid pinot hbase hadoop hdfs accumulo
  kvrocks mosquitto vernemq hivemq rocketmq nsq nsqd beanstalkd elk ndb openbao bao nebula starrocks doris kudu
  oceanbase opengauss tdengine warp10 redict rqlite datomic zincsearch quickwit alloydbomni postgresml babelfish
  cloudberry tiflash ozone alluxio juicefs eventstore immudb dolt materialized risingwave meilisearch typesense manticore vespa marqo
  seaweedfs ceph glusterfs openldap slapd db database databases`,
);
const notDatabases = set("proxysql psql whodb imdb");

/** Databases whose names the word lists would not recognize. */
const databaseNames = set(
  "azure-sql-edge cp-server confluent-local victoria-metrics vmstorage pgautoupgrade pg_auto_failover edb-postgres",
);
const companionNames = set(
  `mongo-express mongosh pgbouncer pgpool phpmyadmin pgadmin pgadmin4 adminer pgweb postgrest cloudbeaver redisinsight
  kafdrop akhq cerebro kibana`,
);

/**
 * Programs that lose data at a restart although they are no databases: caches in memory, stores of metrics and logs.
 */
const stateful = set("memcached prometheus loki mimir tempo graphite registry");

/** Words for programs that only connect to a database, or maintain one. */
const companions = set(
  `exporter exporters metrics client clients cli ui gui webui console dashboard dashboards admin commander browser explorer
  viewer inspector insight proxy bouncer pooler router gateway operator controller backup backups dump restore migrate
  migrator migration migrations connect connector connectors rest bridge mirror monitor monitoring manager lens head
  tools toolbox box shell benchmark bench curator reloader sidecar adapter importer loader webhook injector template
  k8s`,
);

/** Words beside which the name of a database still means the database. */
const neutral = set(
  `server servers node cluster clustered ha single standalone sharded shard replica replicas replicaset repmgr primary
  standby leader follower master slave secondary main arbiter galera xtradb enterprise community ent ce ee oss free xe
  express standard developer edition pro core full lite slim alpine debian ubuntu ubi bookworm bullseye jammy noble
  rhel centos fedora arm64 amd64 aarch64 x86 image docker container stack official base custom local dev prod test
  staging data store storage broker queue message mq bus cache sentinel keeper streaming stream jetstream all in one aio
  bundle latest stable edge nightly gis spatial vector search engine sql nosql graph timeseries tsdb cp native kraft zk
  jdk java omni advanced certified gpu cpu plus extended ext extensions contrib bloom json pg
  wolfi distroless distribution opendistro for atlas columnstore nonroot rootless unprivileged ssl tls set rs arm armhf
  cloud sandbox wal crunchy edb supabase vchord unstable mirrored coreos linux namenode datanode storaged metad graphd classic
  example demo seed allin`,
);
/** Further such words in the names of programs. */
const neutralInPrograms = set("start run foreground daemon safe sh py entrypoint d");

/** Daemons of databases whose names contain no word of the list. */
const daemons = set(
  `postmaster pg_ctl pg_autoctl mysqld mysqld_safe mariadbd mariadbd-safe eswrapper influxd sqlservr launchpadd tnslsnr
  db2start zkserver.sh arangod asd fdbserver yugabyted yb-master yb-tserver pd-server ndbd ndbmtd garbd beam.smp surreal garnetserver hz rpk
  kafka.kafka org.apache.zookeeper.server.quorum.quorumpeermain org.apache.cassandra.service.cassandradaemon`,
);
/** Clients that have the name of the database. */
const clients = set("mysql mariadb mongo influx vault consul db database databases");

/** The class of an image's name, without registry, tag and digest. The namespace counts for a name such as `server`. */
export function imageNamed(image: string): Named {
  const path = image
    .replace(/@.*$/, "")
    .replace(/:[^/]*$/, "")
    .toLowerCase();
  const parts = path.split("/").filter((part, at) => at > 0 || !/[.:]|^localhost$/.test(part));
  const base = parts.at(-1) ?? "";
  const named = nameOf(base);
  const isUnspecific = named === undefined && wordsOf(base).every(isNeutral);
  return isUnspecific ? nameOf(parts.join("-")) : named;
}

/** The class of a program's base name. */
export function programNamed(program: string): Named {
  const name = program.toLowerCase();
  if (daemons.has(name)) return "database";
  return clients.has(name) ? "companion" : nameOf(name, neutralInPrograms);
}

/** The class of the name of a container, a service or a folder. */
export function nameOf(name: string, alsoNeutral: ReadonlySet<string> = new Set()): Named {
  const lower = name.toLowerCase();
  if (databaseNames.has(lower)) return "database";
  if (companionNames.has(lower)) return "companion";
  const words = wordsOf(lower);
  const told = words.filter((word) => !isNeutral(word) && !alsoNeutral.has(word));
  const ofDatabases = told.filter(isDatabase);
  const ofState = told.filter((word) => stateful.has(word));
  if (ofDatabases.length + ofState.length === 0) return undefined;
  if (told.some((word) => companions.has(word))) return "companion";
  if (ofDatabases.length === told.length) return "database";
  if (ofState.length === told.length) return "stateful";
  return ofDatabases.length > 0 ? "mention" : undefined;
}

function wordsOf(name: string): readonly string[] {
  return name.split(/[^a-z0-9]+/).filter((word) => word !== "");
}

/** `rhel7` is as neutral as `rhel`, and so are versions. */
function isNeutral(word: string): boolean {
  return (
    neutral.has(word) || neutral.has(word.replace(/\d+$/, "")) || /^(v|pg|c)?\d+\w{0,3}$/.test(word)
  );
}

function isDatabase(word: string): boolean {
  if (notDatabases.has(word)) return false;
  const stem = word.replace(/\d+$/, "");
  return databases.has(word) || databases.has(stem) || /..(db|sql)$/.test(stem);
}
