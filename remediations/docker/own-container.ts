/** Finds the container that this process runs in, so that Driftwarden never restarts itself. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Reads three sources, the most certain first: the cgroup (version 1), the mount of `/etc/hostname` (version 2 hides
 * the cgroup), and the host name. The host name is the first twelve digits of the id, unless somebody chose another.
 */
export function ownContainer(): string | undefined {
  const fromCgroup = /\/(?:docker|libpod)[-/]([0-9a-f]{64})/.exec(contents("/proc/self/cgroup"));
  // On a host, a less exact pattern would match the mounts of its containers.
  const fromMounts = /\/([0-9a-f]{64})\/(?:userdata\/)?hostname \/etc\/hostname /.exec(
    contents("/proc/self/mountinfo"),
  );
  const fromName = /^([0-9a-f]{12})$/.exec(hostname());
  return (fromCgroup ?? fromMounts ?? fromName)?.[1];
}

function contents(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Without /proc the process runs in no container.
    return "";
  }
}
