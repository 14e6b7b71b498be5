/** Finds the container that this process runs in, so that Driftwarden never restarts itself. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Asks, most certain first, the cgroup (version 1), the mount of `/etc/hostname` (version 2 hides the cgroup), and
 * the host name, which is the id's first twelve digits unless somebody chose another.
 */
export function ownContainer(): string | undefined {
  const fromCgroup = /\/(?:docker|libpod)[-/]([0-9a-f]{64})/.exec(contents("/proc/self/cgroup"));
  // Anything less exact would find the containers of a host in the mounts of the host.
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
    // No /proc, no container.
    return "";
  }
}
