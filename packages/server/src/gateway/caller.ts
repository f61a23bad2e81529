/** Caller: a connection as the calls see it. */
import type { Bytes } from "@yanshu/wire";
import type { Session, SessionOwner } from "../delivery/session.ts";

export type Caller = SessionOwner & {
  /** Names where the socket comes from, for rate limits only; in memory, for as long as the socket. */
  readonly prefix: string | undefined;
  readonly isOpen: boolean;
  /** It has said hello. */
  isGreeted: boolean;
  /**
   * Signed at a sign-in on this connection, or by a root; absent before hello, and once signed in: nothing is signed
   * there any more.
   */
  nonce: Bytes | undefined;
  session: Session | undefined;
  signingIn: boolean;
  hasMailbox: boolean;
  /** A token was paid here: a member drew it. */
  isPaid: boolean;
};
