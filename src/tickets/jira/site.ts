/** One Jira site and what it says of itself: its kind, our account, and how it shows an issue. */
import type { z } from "zod";
import { isUnavailable } from "../../errors.ts";
import { TrackerError } from "../errors.ts";
import type { Issue } from "../tracker.ts";
import { connect, type JiraConnection, type JiraConnectionOptions } from "./connection.ts";
import { fieldPlace, inProperty, type KeyPlace, labelsPlace, propertyPlace } from "./key-place.ts";
import { ProjectsInUse } from "./projects.ts";
import { read } from "./read.ts";
import * as shapes from "./shapes.ts";

export interface JiraSiteOptions extends JiraConnectionOptions {
  /** Issues with this resolution count as won't fix. */
  readonly wontFixResolution?: string | undefined;
  /** Ids of further fields that are read. */
  readonly keptFields?: readonly string[];
  /** Key of the project in which tickets are opened. */
  readonly project: string;
  /** Keys of further projects, which routes name. Default: none. */
  readonly routedProjects?: readonly string[];
  /** Id or name of the text field that holds Driftwarden's own labels, or `property`. Default: Labels. */
  readonly keyField?: string | undefined;
}

/** The fields of every issue that are read. */
const issueFields = ["summary", "description", "labels", "status", "resolution"] as const;
const pingDeadlineMs = 8000;

export class JiraSite {
  readonly connection: JiraConnection;
  readonly #options: JiraSiteOptions;
  /** The projects in which our tickets may be, including those to which people moved one. */
  readonly projects: ProjectsInUse;
  #place: KeyPlace | undefined;
  #cloud: boolean | undefined;
  #server: z.infer<typeof shapes.serverShape> | undefined;

  constructor(options: JiraSiteOptions) {
    this.#options = options;
    this.connection = connect(options);
    const { project, routedProjects = [] } = options;
    this.projects = new ProjectsInUse(this.connection, [project, ...routedProjects]);
  }

  /** Where issues hold our own labels: in Labels too, if Jira does not have the configured field. */
  async keyPlace(): Promise<KeyPlace> {
    const { keyField } = this.#options;
    this.#place ??= await this.#placeOf(keyField);
    return this.#place ?? labelsPlace;
  }

  async #placeOf(keyField: string | undefined): Promise<KeyPlace | undefined> {
    if (keyField === undefined) return labelsPlace;
    if (keyField === inProperty) return propertyPlace;
    if (/^customfield_\d+$/.test(keyField)) return fieldPlace(keyField);
    const fields = await this.connection.call(
      { name: "fields", doing: "reading the names of fields", writes: false },
      (client) => read(client, "/field", {}),
      shapes.fieldsShape,
    );
    const wanted = keyField.toLowerCase();
    const id = fields.find(({ name }) => name?.toLowerCase() === wanted)?.id;
    return id !== undefined && /^customfield_\d+$/.test(id) ? fieldPlace(id) : undefined;
  }

  /** The parts of an issue that are read. */
  async issueParts(): Promise<{
    readonly fields: readonly string[];
    readonly properties?: readonly string[];
  }> {
    const { fields, properties } = await this.keyPlace();
    return {
      fields: [...issueFields, ...(this.#options.keptFields ?? []), ...fields],
      ...(properties.length > 0 && { properties }),
    };
  }

  /** Who Jira takes us for: the cheapest question that needs our credentials. */
  account(deadlineMs = pingDeadlineMs): Promise<z.infer<typeof shapes.accountShape>> {
    return this.connection.call(
      { name: "myself", doing: "asking Jira who we are", writes: false, deadlineMs },
      (client) => client.getCurrentUser(),
      shapes.accountShape,
    );
  }

  /** By the server's own word. Where it says none, by our account: only Cloud names accounts by an id. */
  async isCloud(): Promise<boolean> {
    this.#cloud ??= await this.#lookWhetherCloud();
    return this.#cloud;
  }

  async #lookWhetherCloud(): Promise<boolean> {
    const { deploymentType } = await this.#self().catch((error: unknown) => silentOf(error));
    if (deploymentType !== undefined) return deploymentType === "Cloud";
    const { accountId, key } = await this.account();
    return accountId !== undefined && key === undefined;
  }

  /** The name of a user of Data Center, by the key that never changes. */
  async nameOf(key: string): Promise<string> {
    const { name } = await this.connection.call(
      { name: "user", doing: "asking Jira for a user", writes: false },
      (client) => read(client, "/user", { key }),
      shapes.userShape,
    );
    return name;
  }

  async issue(found: z.infer<typeof shapes.issueShape>): Promise<Issue> {
    const { id, key, fields } = found;
    const place = await this.keyPlace();
    this.projects.seen(key);
    const resolution = fields.resolution?.name;
    const category = fields.status.statusCategory?.key;
    return {
      id,
      key,
      url: await this.browse(key),
      summary: fields.summary ?? "",
      description: fields.description ?? "",
      labels: [...(fields.labels ?? []), ...place.labelsIn(found)],
      // Some servers name no category. An issue with a resolution counts as closed there.
      done: category === undefined ? resolution !== undefined : category === "done",
      wontFix: resolution !== undefined && resolution === this.#options.wontFixResolution,
      ...this.#keptIn(fields),
    };
  }

  #keptIn(fields: Readonly<Record<string, unknown>>): Pick<Issue, "fields"> {
    const { keptFields = [] } = this.#options;
    if (keptFields.length === 0) return {};
    return { fields: Object.fromEntries(keptFields.map((id) => [id, fields[id]])) };
  }

  /** Where people open an issue. */
  async browse(key: string): Promise<string> {
    const { url } = this.#options;
    // Scoped tokens talk to a gateway that people cannot open.
    const gateway = new URL(url).hostname === "api.atlassian.com";
    const self = gateway ? await this.#self().catch(() => undefined) : undefined;
    const home = self?.baseUrl ?? url;
    return `${home.replace(/\/+$/, "")}/browse/${key}`;
  }

  async #self(): Promise<z.infer<typeof shapes.serverShape>> {
    this.#server ??= await this.connection.call(
      { name: "server_info", doing: "asking Jira what it is", writes: false },
      (client) => client.getServerInfo(),
      shapes.serverShape,
    );
    return this.#server;
  }
}

/** A server or gateway without this path says nothing of itself. An unavailable one is asked again later: it throws. */
function silentOf(error: unknown): z.infer<typeof shapes.serverShape> {
  const isPage = error instanceof TrackerError && error.code === "DW_TRACKER_PROTOCOL";
  if (isUnavailable(error) && !isPage) throw error;
  if (!(error instanceof TrackerError)) throw error;
  return {};
}
