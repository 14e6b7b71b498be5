/** A GET of Jira's REST API with exactly the query that is given. */
import type JiraApi from "jira-client";

/** Where jira-client's own method asks for too much, or with parameters that Data Center does not know. */
export function read(
  client: JiraApi,
  pathname: string,
  query: Readonly<Record<string, number | readonly string[]>>,
): Promise<unknown> {
  return client.doRequest(client.makeRequestHeader(client.makeUri({ pathname, query })));
}
