/** Errors that the client's api rejects with: a code, which the screens put into words. */

export type ClientErrorCode =
  | "bad-link"
  | "own-link"
  | "bad-card"
  | "offline"
  | "server-unreachable"
  | "wrong-server"
  | "strange-server"
  | "peer-unreachable"
  | "peer-refused"
  | "peer-forgotten"
  | "link-used-up"
  | "invite-expired"
  | "invite-used-up"
  | "link-reset"
  | "not-allowed"
  | "bad-name"
  | "bad-picture"
  | "too-long"
  | "empty"
  | "unknown-conversation"
  | "unknown-message"
  | "too-late"
  | "too-often"
  | "too-many-pins"
  | "too-deep"
  | "unknown-contact"
  | "not-passed-on"
  | "card-over"
  | "bad-handle"
  | "handle-taken"
  | "no-such-handle"
  | "words-differ"
  | "link-expired"
  | "link-declined"
  | "group-link-expired"
  | "last-admin"
  | "account-frozen"
  | "too-large"
  | "file-gone"
  | "source-gone"
  | "no-account"
  | "has-account"
  | "storage"
  | "refused";

export class ClientError extends Error {
  override name = "ClientError";
  readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode) {
    super(code);
    this.code = code;
  }
}
