/**
 * Asks the brokers whether this user has the rights of the daemon. The requests name a partition and a group member
 * that cannot exist, so no request has an effect.
 */
import type { Kafka } from "kafkajs";
import { brokerErrorType } from "./errors.ts";

interface Broker {
  produce(request: object): Promise<unknown>;
  fetch(request: object): Promise<unknown>;
  heartbeat(request: object): Promise<unknown>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
}

/** A partition that no topic has. Brokers check the rights before they check the partition. */
const nowhere = 2 ** 31 - 1;

/** kafkajs has no public API for single requests. Its factory of clusters is a property with this name. */
function clusterOf(kafka: Kafka): Cluster {
  const named = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === "private:Kafka:createCluster",
  );
  const create: unknown = named && Reflect.get(kafka, named);
  if (typeof create !== "function") throw new TypeError("this kafkajs makes no clusters");
  return Reflect.apply(create, kafka, [{ metadataMaxAge: 60_000, allowAutoTopicCreation: false }]);
}

/** @returns the missing rights, each as a clause such as `write topic driftwarden`; empty when no right is missing */
export async function missingRights(
  kafka: Kafka,
  { topic, groupId }: { readonly topic: string; readonly groupId: string },
): Promise<readonly string[]> {
  const cluster = clusterOf(kafka);
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    const partition = { partition: nowhere, messages: [{ key: null, value: null, headers: {} }] };
    const missing = [
      (await isRefused(broker.produce({ topicData: [{ topic, partitions: [partition] }] }))) &&
        `write topic ${topic}`,
      (await isRefused(
        broker.fetch({
          maxWaitTime: 1,
          topics: [{ topic, partitions: [{ partition: nowhere, fetchOffset: 0, maxBytes: 1 }] }],
        }),
      )) && `read topic ${topic}`,
      (await isRefused(
        broker.heartbeat({ groupId, groupGenerationId: 0, memberId: "driftwarden-check" }),
      )) && `read group ${groupId}`,
    ];
    return missing.filter((right) => right !== false);
  } finally {
    await cluster.disconnect();
  }
}

/** Whether a request fails for a missing right. Every request fails for some reason. */
async function isRefused(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return false;
  } catch (error) {
    const type = brokerErrorType(error);
    if (type === undefined) throw error;
    return type.endsWith("AUTHORIZATION_FAILED");
  }
}
