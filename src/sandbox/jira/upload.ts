/** Reads the body of a request to the sandbox: JSON, or files in a form. */
import type { IncomingMessage } from "node:http";
import { fieldsIn, type IssueFields } from "./issue.ts";

export interface UploadedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface ArrivedBody {
  readonly body: IssueFields;
  /** Undefined where the request holds no form, or lacks the header against forged requests. */
  readonly files: readonly UploadedFile[] | undefined;
}

export async function readBody(request: IncomingMessage): Promise<ArrivedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) {
    const checked = request.headers["x-atlassian-token"] === "no-check";
    return { body: {}, files: checked ? await filesIn(bytes, type) : undefined };
  }
  const body = bytes.length === 0 ? {} : fieldsIn(JSON.parse(bytes.toString("utf8")));
  return { body, files: undefined };
}

/** Jira takes what the form calls `file`. */
async function filesIn(bytes: Buffer, type: string): Promise<readonly UploadedFile[]> {
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  const files = form.getAll("file").filter((value) => typeof value !== "string");
  return Promise.all(
    files.map(async (file) => ({
      name: file.name,
      type: file.type,
      bytes: Buffer.from(await file.arrayBuffer()),
    })),
  );
}
