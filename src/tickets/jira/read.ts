/** A GET of Jira's REST API with exactly the query that is given. */
import type JiraApi from "jira-client";

/**
 * Where jira-client's own method asks for too much, or with parameters that Data Center does not know.
 *
 * @param query a list is sent as `a,b,c`: of `fields=a&fields=b` some servers read the last alone
 */
export function read(
  client: JiraApi,
  pathname: string,
  query: Readonly<Record<string, number | string | readonly string[]>>,
): Promise<unknown> {
  const flat = Object.entries(query).map(([name, value]) => [name, String(value)] as const);
  const uri = client.makeUri({ pathname, query: Object.fromEntries(flat) });
  return client.doRequest(client.makeRequestHeader(uri));
}
