/** Attaches files to issues. A final refusal is returned as false; errors that may pass are thrown. */
import type { MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type { AttachedFile, NewFile, TicketFiles } from "../tracker.ts";
import { checkIssue, checkText } from "./checks.ts";
import type { JiraConnection } from "./connection.ts";
import { read } from "./read.ts";
import * as shapes from "./shapes.ts";

/**
 * Jira answers 403 where attachments are disabled or forbidden. Data Center answers 404 to a file that is too large,
 * Cloud 413. A proxy may answer any of these with a page of its own.
 */
const refusals: ReadonlySet<number> = new Set([400, 403, 404, 405, 413, 415]);

export function jiraFiles(connection: JiraConnection): TicketFiles {
  return {
    async list(id) {
      checkIssue(id);
      const { fields } = await connection.call(
        { name: "attachments", doing: `reading the attachments of issue ${id}`, writes: false },
        (client) => read(client, `/issue/${id}`, { fields: "attachment" }),
        shapes.attachmentsShape,
      );
      const files = fields.attachment ?? [];
      return files
        .map(({ id: file, filename: name }): AttachedFile => ({ id: file, name }))
        .toSorted((a, b) => Number(a.id) - Number(b.id));
    },
    attach: (id, file, mayAct) => unlessRefused(() => attach(connection, { id, file, mayAct })),
    remove: (file, mayAct) => unlessRefused(() => remove(connection, file, mayAct)),
  };
}

interface Attaching {
  readonly id: string;
  readonly file: NewFile;
  readonly mayAct: MayAct | undefined;
}

async function attach(
  connection: JiraConnection,
  { id, file, mayAct }: Attaching,
): Promise<unknown> {
  checkIssue(id);
  const form = await encoded(file);
  return connection.call(
    { name: "attach", doing: `attaching a file to issue ${id}`, writes: true, mayAct },
    (client) => {
      const uri = client.makeUri({ pathname: `/issue/${id}/attachments` });
      return client.doRequest(client.makeRequestHeader(uri, { method: "POST", form }));
    },
    shapes.anything,
  );
}

async function remove(
  connection: JiraConnection,
  { id }: AttachedFile,
  mayAct: MayAct | undefined,
): Promise<unknown> {
  checkText(id, /^\d{1,19}$/, "attachment id");
  const doing = `removing attachment ${id}`;
  return connection.call(
    { name: "detach", doing, writes: true, mayBeEmpty: true, mayAct },
    (client) => {
      const uri = client.makeUri({ pathname: `/attachment/${id}` });
      return client.doRequest(client.makeRequestHeader(uri, { method: "DELETE" }));
    },
    shapes.anything,
  );
}

/** Jira wants the file in a form, by the name `file`. */
async function encoded({ name, type, bytes }: NewFile) {
  const data = new FormData();
  data.append("file", new Blob([new Uint8Array(bytes)], { type }), name);
  const response = new Response(data);
  return {
    type: response.headers.get("content-type") ?? "multipart/form-data",
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code === "DW_TRACKER_UNAUTHORIZED") throw error;
    if (error.maybeApplied || !refusals.has(error.status ?? 0)) throw error;
    return false;
  }
}
