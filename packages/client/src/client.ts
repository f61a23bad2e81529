/**
 * Client: puts the parts together. One for each device; it owns keys, MLS state and the database.
 * Screens and the terminal see `api` and live views only.
 */
import { createMls } from "@yanshu/mls";
import {
  countDiagnostic,
  dropOldWaiting,
  hasWork,
  migrate,
  migrations,
  readConversations,
  readGroupsOf,
  readListedAccounts,
} from "@yanshu/store";
import { type Push, toHex } from "@yanshu/wire";
import type { ClientApi, Hex, ViewName, Views } from "./api.ts";
import type { Engine } from "./core/engine.ts";
import { createLink } from "./core/link.ts";
import { createLive } from "./core/live.ts";
import { createTurn } from "./core/turn.ts";
import { accountApi } from "./features/account.ts";
import { contactsApi } from "./features/contacts.ts";
import { groupsApi } from "./features/groups.ts";
import { messagesApi, rememberFirstUnread } from "./features/messages.ts";
import { resumeHealing } from "./groups/heal.ts";
import { createPump } from "./groups/pump.ts";
import { liveGroup } from "./groups/store-group.ts";
import { waitingMsMax } from "./groups/welcome.ts";
import { alarm } from "./identity/alarm.ts";
import { createLinking } from "./identity/linking.ts";
import { createLists } from "./identity/lists.ts";
import { followOwnList, readOwn } from "./identity/own.ts";
import { contactCapability, dropRetired, registerPoints, supplyKeyPackages } from "./identity/points.ts";
import { reconcileDevices } from "./identity/reconcile.ts";
import { signIn } from "./identity/sign-in.ts";
import type { Ports } from "./ports.ts";
import { receivePush } from "./sync/receive.ts";
import { readView } from "./views/index.ts";

export type Client = {
  readonly api: ClientApi;
  /** Calls back with the view now and after each change; answers how to stop. */
  readonly subscribe: <N extends ViewName>(
    name: N,
    args: Views[N]["args"],
    callback: (value: Views[N]["value"]) => void,
  ) => () => void;
  readonly view: <N extends ViewName>(name: N, args: Views[N]["args"]) => Views[N]["value"];
  readonly start: () => Promise<void>;
  readonly stop: () => void;
  /** What the browser says of the network. */
  readonly network: (online: boolean) => void;
  /** Counts of what was refused, healed, missed. For the diagnostics page and for evidence. */
  readonly diagnostics: () => Readonly<Record<string, number>>;
  /** Resolves when no work is waiting in the turn. */
  readonly idle: () => Promise<void>;
  /**
   * Whether something is still to be told to home: a message, a commit, this device's addresses. What waits
   * for a person does not count. For a program that ends once its work is done.
   */
  readonly isBusy: () => boolean;
};

/** @throws NewerDatabaseError when the store was written by a later version. */
export function createClient(ports: Ports): Client {
  const db = ports.database;
  migrate(db, migrations);
  let wantedServer: string | undefined;
  let settling = 0;
  const turn = createTurn();
  const live = createLive(ports, (name, args) => readView(viewContext(), name, args));
  const lists = createLists(db, ports.crypto, (account, kind) => {
    if (kind === "frozen")
      db.transaction(() => {
        countDiagnostic(db, "account-frozen");
        if (engine.own !== undefined) alarm(engine, account, "account-frozen");
      });
    live.changed("devices", "contacts", "chats", "people");
    if (engine.own === undefined) return;
    if (toHex(account) === toHex(engine.own.account)) reconcileDevices(engine);
    // Somebody's list moved: a stale leaf may have to go before anything else is said.
    for (const group of engine.groups.values()) {
      if (group.members.some((member) => toHex(member.account) === toHex(account)))
        engine.kick(group.state.conversation);
    }
  });
  const engine: Engine = {
    ports,
    db,
    mls: createMls(ports.crypto, { nowMs: ports.nowMs }),
    turn,
    lists,
    link: undefined as unknown as Engine["link"],
    own: undefined,
    phase: "starting",
    linking: { side: "none" },
    groups: new Map(),
    next: new Map(),
    echoes: new Set(),
    firstUnread: new Map(),
    changed: live.changed,
    tidy: () => void dropRetired(engine),
    kick: (conversation) => pump.kick(conversation),
  };
  const pump = createPump(engine, unexpected);
  const linking = createLinking(engine, {
    connect: () => connect(ports.server),
    joined,
  });
  engine.link = createLink(ports, () => engine.own?.server ?? wantedServer ?? ports.server, {
    signIn: async (hello, call) => {
      const answer = await signIn(engine, hello, call);
      if (answer === undefined) return false;
      settling++;
      void settleIn(answer.keyPackagesLeft)
        .catch(unexpected)
        .finally(() => {
          settling--;
        });
      return true;
    },
    push: (push, side) => {
      if (side === "anonymous") void turn.take(() => linking.receive(push)).catch(unexpected);
      else void turn.take(() => receive(push)).catch(unexpected);
    },
    expired: () => countDiagnostic(db, "expired"),
    changed: () => live.changed("status"),
    ready: () => engine.kick(),
  });

  async function receive(push: Push): Promise<void> {
    await receivePush(engine, push);
    engine.link.stored(push.id);
  }

  /** After each sign-in: what home must know of this device, then everything that waits. */
  async function settleIn(keyPackagesLeft: number): Promise<void> {
    await followOwnList(engine);
    if (!(await registerPoints(engine))) return;
    engine.kick();
    await contactCapability(engine); // So that one's own code can be shown without a network.
    await supplyKeyPackages(engine, keyPackagesLeft);
    reconcileDevices(engine);
    await dropRetired(engine);
  }

  function joined(): void {
    engine.link.start();
    engine.link.wake();
  }

  /** A bug, not the world: counted, so that evidence sees it, and the next push is taken all the same. */
  function unexpected(error: unknown): void {
    countDiagnostic(db, "unexpected");
    ports.report?.(error);
  }

  function viewContext() {
    return {
      database: db,
      own: engine.own,
      phase: engine.phase,
      network: engine.link.state(),
      server: engine.own?.server ?? ports.server ?? "",
      persistent: ports.persistent,
      linking: engine.linking,
      firstUnread: engine.firstUnread,
      nowMs: ports.nowMs(),
      sha256: ports.crypto.sha256,
    };
  }

  async function connect(server: string | undefined): Promise<boolean> {
    wantedServer = server;
    engine.link.start();
    return engine.link.whenReady("anonymous");
  }

  const api: ClientApi = {
    ...accountApi(engine, { connect, joined }),
    ...contactsApi(engine),
    ...groupsApi(engine),
    ...messagesApi(engine),
    ...linking.api,
  };

  return {
    api,
    subscribe(name, args, callback) {
      if (name === "timeline") rememberFirstUnread(engine, args[0] as Hex);
      return live.subscribe(name, args, callback);
    },
    view: (name, args) => readView(viewContext(), name, args),
    async start() {
      engine.own = await readOwn(db, ports.crypto);
      if (engine.own !== undefined) {
        // All of them: a leaf is judged in the middle of a commit, where nothing can be waited for.
        for (const account of readListedAccounts(db)) await lists.load(account);
        for (const { conversation } of readConversations(db)) {
          for (const { group_id } of readGroupsOf(db, conversation)) await liveGroup(engine, group_id);
        }
        dropOldWaiting(db, ports.nowMs() - waitingMsMax);
      }
      engine.phase = engine.own === undefined ? "new" : "ready";
      live.changed("status");
      if (engine.own === undefined) return;
      resumeHealing(engine);
      engine.link.start();
    },
    stop() {
      pump.stop();
      engine.link.stop();
      live.stop();
    },
    network: (online) => engine.link.network(online),
    diagnostics: () =>
      Object.fromEntries(
        db
          .all<{ what: string; count: number }>("SELECT what, count FROM diagnostics")
          .map(({ what, count }) => [what, count]),
      ),
    idle: turn.idle,
    isBusy: () => settling > 0 || hasWork(db),
  };
}
