/**
 * Decides whether an environment variable sets up a database, or only names one to connect to. It reads the name only.
 * Pure.
 */
import { nameOf } from "./vocabulary.ts";

/**
 * `server`: only a server sets it · `credentials`: servers and clients set it · `address`: only a client sets it ·
 * `build`: names what is in the image.
 */
type EnvNamed = "server" | "credentials" | "address" | "build" | undefined;

const server = new RegExp(
  `^(${[
    "PGDATA|POSTGRES_(INITDB_.*|HOST_AUTH_METHOD)|POSTGRESQL_(POSTGRES_PASSWORD|REPLICATION_.*|DATA_DIR)",
    "REPMGR_.*|PATRONI_.*",
    "(MYSQL|MARIADB)_(ROOT_.*|ALLOW_EMPTY_.*|RANDOM_ROOT_.*|REPLICATION_.*|GALERA_.*|INITDB_.*|DATA_DIR)|MARIADB_AUTO_UPGRADE",
    "MONGO_INITDB_.*|MONGODB_(ROOT_.*|REPLICA_SET_.*|INITIAL_.*|ADVERTISED_.*|SHARDING_.*)",
    "REDIS_(REPLICATION_.*|AOF_.*|RDB_.*|DATA_DIR|CLUSTER_REPLICAS|MASTER_.*)|REDIS_?BLOOM_ARGS|VALKEY_(REPLICATION_.*|AOF_.*)",
    "(discovery|cluster|node|bootstrap|xpack|path)\\.[a-z_.]+|OPENSEARCH_INITIAL_ADMIN_PASSWORD|ELASTIC_PASSWORD",
    "KAFKA_(CFG_.*|BROKER_ID.*|NODE_ID|PROCESS_ROLES|LISTENER.*|ADVERTISED_.*|INTER_BROKER_.*|CONTROLLER_.*|LOG_.*|OFFSETS_.*|TRANSACTION_STATE_.*|ZOOKEEPER_.*|KRAFT_.*|AUTO_CREATE_.*|DEFAULT_REPLICATION_.*|MIN_INSYNC_.*|NUM_PARTITIONS)",
    "ZOO_(MY_ID|SERVERS|DATA_DIR|DATA_LOG_DIR|TICK_TIME|4LW_.*)|ZOOKEEPER_(CLIENT_PORT|SERVER_ID|SERVERS|TICK_TIME)",
    "CASSANDRA_(SEEDS|CLUSTER_NAME|DC|RACK|ENDPOINT_SNITCH|BROADCAST_.*|LISTEN_.*|NUM_TOKENS|START_RPC)|SCYLLA_.*",
    "RABBITMQ_(DEFAULT_.*|ERLANG_COOKIE|NODENAME|NODE_.*|DATA_DIR|CLUSTER_.*|MNESIA_.*)",
    "CLICKHOUSE_(DEFAULT_ACCESS_MANAGEMENT|ADMIN_.*|DO_NOT_CHOWN|ALWAYS_RUN_INITDB_SCRIPTS)|NEO4J_(AUTH|PLUGINS|dbms_.*|server_.*|initial_.*|ACCEPT_LICENSE_AGREEMENT)",
    "DOCKER_INFLUXDB_INIT_.*|INFLUXDB_(HTTP_.*|DATA_.*|META_.*|ADMIN_.*)|ETCD_(NAME|DATA_DIR|INITIAL_.*|LISTEN_.*|ADVERTISE_.*|ROOT_PASSWORD)",
    "MINIO_(ROOT_.*|VOLUMES|SERVER_.*|DISTRIBUTED_.*|BROWSER_.*)|(MSSQL_)?SA_PASSWORD|MSSQL_(PID|AGENT_.*|DATA_DIR|MEMORY_.*|RPC_PORT)",
    "ORACLE_(PASSWORD|PWD|SID|PDB|CHARACTERSET|BASE)|DB2INST.*|ARANGO_(ROOT_PASSWORD|NO_AUTH|RANDOM_ROOT_.*)|COUCHBASE_ADMINISTRATOR_.*",
    "VAULT_(DEV_ROOT_TOKEN_ID|LOCAL_CONFIG|RAFT_.*)|CONSUL_(LOCAL_CONFIG|BIND_INTERFACE)|QDRANT__.*|PERSISTENCE_DATA_PATH|MEILI_(MASTER_KEY|DB_PATH)|TYPESENSE_DATA_DIR|SURREAL_(PATH|PASS)",
  ].join("|")})$`,
);

const credentials =
  /^(POSTGRES(QL)?_(PASSWORD|PASSWORD_FILE|DB|DATABASE|USER|USERNAME)|CLICKHOUSE_(DB|USER|PASSWORD)|COUCHDB_(USER|PASSWORD)|INFLUXDB_(DB|USER|USER_PASSWORD)|MYSQL_(DATABASE|USER|PASSWORD)|MARIADB_(DATABASE|USER|PASSWORD))$/;

/** Variables with the address of a server. Only clients set them. */
const address =
  /^(PGHOST|PGHOSTADDR|DATABASE_URL|DATABASE_HOST|DB_HOST|DB_ADDR|DB_URL|DSN|.*_(DATABASE_URL|DB_HOST|DB_URL|DSN)|(POSTGRES(QL)?|PG|MYSQL|MARIADB|MONGO(DB)?|CLICKHOUSE|COUCHDB|INFLUX(DB)?|DB)_(HOST|HOSTNAME|URL|URI|SERVER|ADDR|ADDRESS|ENDPOINT|SEEDS|SERVICE_HOST))$/;

const build = /^(.+)_(VERSION|MAJOR|HOME|CONF|CONF_DIR|DATA_DIR|PACKAGE)$/;

/** The kind of this name; undefined for most. */
export function envNamed(name: string): EnvNamed {
  if (server.test(name)) return "server";
  if (address.test(name)) return "address";
  if (credentials.test(name)) return "credentials";
  const [, product = ""] = build.exec(name) ?? [];
  const isBuild = /^(PG|DB2)$/.test(product) || nameOf(product.replaceAll("_", "-")) === "database";
  return isBuild ? "build" : undefined;
}
