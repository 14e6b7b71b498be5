/** The one image of the sandbox's engine, made from the machine's own busybox: no registry is asked. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DockerApi } from "./docker-api.ts";

export const busyboxImage = "busybox:local";

/** @param folder a new one, for the image's files */
export async function importBusybox(
  api: DockerApi,
  busybox: string,
  folder: string,
): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await copyFile(busybox, join(bin, "busybox"));
  const { stdout } = await promisify(execFile)(busybox, ["--list"]);
  const applets = stdout.split("\n").filter((name) => name !== "" && name !== "busybox");
  await Promise.all(applets.map((name) => symlink("busybox", join(bin, name))));

  const query = new URLSearchParams({ fromSrc: "-", repo: "busybox", tag: "local" });
  query.append("changes", 'CMD ["/bin/sh"]');
  query.append("changes", "ENV PATH=/bin");
  const tar = spawn("tar", ["-C", folder, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.all([
    api(`POST /images/create?${query.toString()}`, { body: tar.stdout }),
    once(tar, "close"),
  ]);
}
