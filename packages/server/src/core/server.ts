/**
 * Server: the delivery service and the authentication service over ports (DESIGN §6). It holds no
 * global and no timer outside its clock, so it can be dropped at any moment, as by a crash, and made
 * again over the same log.
 */
import type { AccountsContext } from "../accounts/context.ts";
import { Housekeeping } from "../delivery/housekeeping.ts";
import { Mailboxes } from "../delivery/mailboxes.ts";
import { Posting } from "../delivery/posting.ts";
import { Sessions } from "../delivery/sessions.ts";
import { Connection } from "../gateway/connection.ts";
import { Desk } from "../gateway/desk.ts";
import type { Log } from "../log/log.ts";
import type { Counts } from "../operator/counts.ts";
import { defaultConfig, type ServerConfig } from "./config.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Clock, Fanout, Random, Sink, SyncPrimitives } from "./ports.ts";

export type ServerPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly fanout: Fanout;
  /** What is left out is as in `defaultConfig`. */
  readonly config?: Partial<ServerConfig>;
};

export type Server = {
  /** @param prefix names where the socket comes from, for rate limits only; absent: not limited by it. */
  readonly connect: (sink: Sink, prefix?: string) => ServerConnection;
  readonly counts: () => Counts;
  /** Commits what waits, and answers it. */
  readonly flush: () => void;
  /** Drops timers and what waits unanswered, as a crash would; the log stays open. */
  readonly stop: () => void;
};

export type ServerConnection = {
  readonly receive: (frame: Uint8Array) => void;
  readonly closed: () => void;
};

export function createServer(ports: ServerPorts): Server {
  const { log, clock, primitives, random } = ports;
  const config: ServerConfig = { ...defaultConfig, ...ports.config };
  const commits = new GroupCommit(log, clock, config);
  const sessions = new Sessions(log, commits, clock, config.spillMs);
  const mailboxes = new Mailboxes();
  const posting = new Posting({ ...ports, commits }, config, sessions, mailboxes);
  const housekeeping = new Housekeeping({ log, commits, clock }, posting, sessions, mailboxes);
  const accounts: AccountsContext = {
    log: log.accounts,
    commits,
    primitives,
    clock,
    config,
    events: {
      addressAdded: () => posting.lists.addressAdded(),
      addressRemoved: (address, device) => posting.lists.addressRemoved(address, device),
      deviceDropped: (device) => {
        posting.lists.deviceDropped(device);
        const session = sessions.of(device);
        if (session === undefined) return;
        sessions.drop(session);
        session.owner.end("signed-out");
      },
    },
  };
  const desk = new Desk({ incarnation: log.incarnation, random, accounts, posting, sessions, mailboxes });
  log.transaction(() => log.delivery.recover());
  housekeeping.start();
  return {
    connect: (sink, prefix) => {
      desk.connections++;
      return new Connection(desk, sink, prefix);
    },
    counts: () => ({
      connections: desk.connections,
      signedIn: sessions.size,
      outstanding: sessions.outstanding.size,
      posts: posting.posts,
      pushes: posting.pushes,
      commits: commits.commits,
      commitFailures: commits.failures,
      refusedFloods: desk.refusedFloods,
      ...log.counts(),
    }),
    flush: () => commits.flush(),
    stop: () => {
      desk.stopped = true;
      housekeeping.stop();
      sessions.stop();
      commits.stop();
    },
  };
}
