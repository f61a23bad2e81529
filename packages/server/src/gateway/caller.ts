/** Caller: a connection as the handlers of calls see it. */
import type { Bytes } from "@yanshu/wire";
import type { Session, SessionOwner } from "../delivery/session.ts";

export type Caller = SessionOwner & {
  /** The network that the socket comes from, for rate limits only. Kept in memory while the socket is open. */
  readonly prefix: string | undefined;
  readonly isOpen: boolean;
  /** Whether `hello` was called. */
  isGreeted: boolean;
  /**
   * The nonce that a device signs to sign in on this connection, or a root key to prove itself. Absent before `hello`
   * and after sign-in.
   */
  nonce: Bytes | undefined;
  session: Session | undefined;
  signingIn: boolean;
  hasMailbox: boolean;
  /** Whether an upload token was paid on this connection. Only members can draw one. */
  isPaid: boolean;
};
