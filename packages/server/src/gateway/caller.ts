/** Caller: a connection as the calls see it. */
import type { Bytes } from "@yanshu/wire";
import type { Session, SessionOwner } from "../delivery/session.ts";

export type Caller = SessionOwner & {
  /** Names where the socket comes from, for rate limits only; in memory, for as long as the socket. */
  readonly prefix: string | undefined;
  readonly isOpen: boolean;
  /** Signed at a sign-in on this connection; absent before hello. */
  nonce: Bytes | undefined;
  session: Session | undefined;
  signingIn: boolean;
  hasMailbox: boolean;
};
