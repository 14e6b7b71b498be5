/** The part of jira-client 8.2.2 that we use; its own types hide the two methods we need most. */
declare module "jira-client" {
  export interface RequestOptions {
    readonly uri: string;
    readonly method: string;
    readonly body?: unknown;
    /** Ours: a form with files, as it is sent. */
    readonly form?: EncodedForm;
  }

  export interface EncodedForm {
    /** Content type, with the boundary of the parts. */
    readonly type: string;
    readonly bytes: Buffer;
  }

  export default class JiraApi {
    constructor(options: {
      readonly protocol: string;
      readonly host: string;
      readonly port?: string;
      readonly base: string;
      readonly apiVersion: string;
    });
    /** Replaced by our own; every method below ends in it and returns its promise as it is. */
    doRequest: (options: RequestOptions) => Promise<unknown>;
    makeUri(options: {
      readonly pathname: string;
      readonly query?: Readonly<Record<string, string>>;
    }): string;
    makeRequestHeader: (
      this: JiraApi,
      uri: string,
      options?: { readonly method: string; readonly body?: unknown; readonly form?: EncodedForm },
    ) => RequestOptions;
    addNewIssue(issue: unknown): Promise<unknown>;
    searchJira(jql: string, options: unknown): Promise<unknown>;
    /** @param comment the whole body of the request */
    addCommentAdvanced(id: string, comment: unknown): Promise<unknown>;
    updateComment(id: string, commentId: string, body: string): Promise<unknown>;
    transitionIssue(id: string, body: unknown): Promise<unknown>;
    getCurrentUser(): Promise<unknown>;
    getServerInfo(): Promise<unknown>;
    getProject(key: string): Promise<unknown>;
    listPriorities(): Promise<unknown>;
  }
}
