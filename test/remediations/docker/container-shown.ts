/** What an inspection shows of a container that keeps nothing, to be changed where a test says so. */
import type { Container, Mount } from "../../../remediations/docker/engine.ts";

/** A bind mount that can be written, unless told otherwise. */
export function mountAt(destination: string, shown: Partial<Mount> = {}): Mount {
  return {
    source: "/srv",
    destination,
    kind: "bind",
    writable: true,
    anonymous: false,
    ...shown,
  };
}

/** A running client of databases. */
export function containerShown(shown: Partial<Container> = {}): Container {
  return {
    id: "a".repeat(64),
    name: "shop-api-1",
    images: ["registry.example:5000/shop/api:1.4@sha256:0123"],
    imageId: `sha256:${"b".repeat(64)}`,
    startedAt: "2026-03-01T12:00:00Z",
    state: "running",
    health: "none",
    labels: { app: "my-service", "com.docker.compose.service": "api" },
    autoRemove: false,
    envNames: ["PATH", "REDIS_URL", "DATABASE_URL", "PGHOST"],
    mounts: [mountAt("/models", { source: "/srv/models" })],
    exposedPorts: [8080],
    programs: ["node"],
    ...shown,
  };
}
