/**
 * Client: puts the parts together. One for each device; it owns keys, MLS state and the database.
 * Screens and the terminal see `api` and live views only.
 */

import { createMls } from "@yanshu/mls";
import {
  countDiagnostic,
  countUnread,
  cutVaultClears,
  dropOldWaiting,
  forgetStampsAhead,
  giveBackRoom,
  hasWork,
  migrate,
  migrations,
  noteKnownKinds,
  openFounded,
  readConversations,
  readGroupsOf,
  readListedAccounts,
  StorageError,
  withShortLog,
} from "@yanshu/store";
import { type AccountId, equalBytes, type Push, toHex } from "@yanshu/wire";
import type { CoreApi } from "./api/core.ts";
import type { ClientApi, Hex, ViewName, Views } from "./api.ts";
import { vaultApi } from "./backup/setting.ts";
import { createVault } from "./backup/vault.ts";
import { accountApi } from "./commands/account.ts";
import { messagesApi, rememberFirstUnread } from "./commands/messages.ts";
import { ownChatApi } from "./commands/own-chat.ts";
import { createLink } from "./connection/link.ts";
import type { Engine } from "./core/engine.ts";
import { createLive } from "./core/live.ts";
import { registryOf } from "./core/registry.ts";
import { createTurn } from "./core/turn.ts";
import { coreBodies, coreKinds, coreSynced } from "./core-rooms.ts";
import { applyAfterUpdate } from "./delivery/after-update.ts";
import { createFarStates, farStatesApi, unreachedIn } from "./delivery/far-states.ts";
import { createInbox } from "./delivery/inbox.ts";
import { signIn } from "./delivery/sign-in.ts";
import { createLists } from "./device-lists/device-lists.ts";
import type { ClientFeature } from "./feature.ts";
import { featureContext } from "./feature-context.ts";
import { clientFeatures } from "./features/index.ts";
import { removeLetGo } from "./files/blob-refs.ts";
import { paymentOf, stockTokens } from "./files/tokens.ts";
import { startTransfers } from "./files-for-features.ts";
import { alarm } from "./group-state/alarm.ts";
import { farOf } from "./group-state/places.ts";
import { liveGroup } from "./group-state/store-group.ts";
import { settleLinkTokens } from "./groups/group-link.ts";
import { resumeJoining } from "./groups/join-ask.ts";
import { groupNotes } from "./groups/kinds.ts";
import { reconcileDevices } from "./groups/reconcile.ts";
import { resumeRejoining } from "./groups/rejoin-groups.ts";
import { resumeResyncs, resyncLeft } from "./groups/resync.ts";
import { createSendLoop } from "./groups/send-loop.ts";
import { tryKeptWelcomes, waitingMsMax } from "./groups/welcome.ts";
import { isHandingOver } from "./history/hand-over.ts";
import { createHistory } from "./history/history.ts";
import { watchAway } from "./homes/away.ts";
import { beforeEvents, lookBefore, tellBefore } from "./homes/before.ts";
import { isHome } from "./homes/home-key.ts";
import { createMeetingWorker } from "./homes/meeting-places.ts";
import { homesApi, leaveOthers } from "./homes/setting.ts";
import { createOtherHomeWorker } from "./homes/worker.ts";
import { keepContactCapability } from "./identity/contact-link.ts";
import { registerAddresses } from "./identity/delivery-addresses.ts";
import { deleteRetiredAddresses, supplyKeyPackages } from "./identity/key-packages.ts";
import { followOwnList, nameRecoveryKey, readOwn } from "./identity/own.ts";
import { sayHomes } from "./identity/own-homes.ts";
import { dropFormerKey } from "./identity/own-root.ts";
import { outdoFormer } from "./identity/profile-bodies.ts";
import { endRestoring, isStandingIn } from "./identity/standing-in.ts";
import { clientKinds } from "./kinds/index.ts";
import { type ConversationDef, conversationKinds } from "./kinds/kind.ts";
import { owePeople } from "./messages/own-devices.ts";
import { dropOldKept } from "./messages/sent-retention.ts";
import { latestClearMs } from "./messages/stamps.ts";
import { dropStrayMarks } from "./messages/stray-marks.ts";
import { createOverdue, giveUpStranded } from "./messages/unsent.ts";
import { isSendingFiles, resumeUploads } from "./messages/uploads.ts";
import type { Ports } from "./ports.ts";
import { accountRestoredLine } from "./recovery/account-restored-notice.ts";
import { createFamilyBack } from "./recovery/back-by-helpers.ts";
import { changeCardApi } from "./recovery/change-card.ts";
import { createDeviceBackup } from "./recovery/device-backup.ts";
import { familyApi, followFamily } from "./recovery/helpers.ts";
import { helpingApi } from "./recovery/helping.ts";
import { createLeaving, isLeaving } from "./recovery/leave-account.ts";
import { linkingApi } from "./recovery/linking.ts";
import { passkeysApi } from "./recovery/passkeys.ts";
import { recoveryApi } from "./recovery/restore.ts";
import { restoreAccountState } from "./recovery/restore-account-state.ts";
import { changeKey, standIn } from "./recovery/restore-device.ts";
import { tellHomeAgain } from "./recovery/server-rollback.ts";
import { showCardApi } from "./recovery/show-card.ts";
import { strikeUnjoined } from "./recovery/unjoined.ts";
import { wipeOnWord } from "./recovery/wipe-here.ts";
import { learnServer, serverExpected, setHomeKey } from "./values/far-servers.ts";
import { anyViewEndsMs, anyViewTopics, readAnyView } from "./views/index.ts";

export type Client = {
  readonly api: ClientApi;
  /** Calls back with the view now and after each change; answers how to stop. */
  readonly subscribe: <N extends ViewName>(
    name: N,
    args: Views[N]["args"],
    callback: (value: Views[N]["value"]) => void,
  ) => () => void;
  readonly view: <N extends ViewName>(name: N, args: Views[N]["args"]) => Views[N]["value"];
  /** What the view `status` calls so, for a reader that asks often and needs nothing else of it. */
  readonly phase: () => Views["status"]["value"]["phase"];
  readonly start: () => Promise<void>;
  readonly stop: () => void;
  /** What the browser says of the network. */
  readonly network: (online: boolean) => void;
  /** Counts of what was refused, resynced, missed. For the diagnostics page and for evidence. */
  readonly diagnostics: () => Readonly<Record<string, number>>;
  /** Resolves when no work is waiting in the turn. */
  readonly idle: () => Promise<void>;
  /**
   * Whether something is still to be told to home: a message, a commit, this device's addresses. What waits
   * for a person does not count. For a program that ends once its work is done.
   */
  readonly isBusy: () => boolean;
  /**
   * Whether much of what was said before, or while nobody was here, is still to be put into the store: what nobody
   * waits for comes after it.
   */
  readonly isTakingIn: () => boolean;
  /** Does a little of what nobody waits for, such as what searching needs; resolves with whether more is left. */
  readonly workAhead: () => Promise<boolean>;
};

/** Changes come in bursts: the server is told of them together. */
const laterMs = 1_000;
const settleAgainMs = 3_000;
const stockDelayMs = 4_000;
const giveBackMs = 3_000;

/**
 * @param features what the client is made of: a program of another version has others.
 * @param kinds the kinds of conversation that it knows; likewise.
 * @throws NewerDatabaseError when the store was written by a later version.
 */
export function createClient(
  given: Ports,
  features: readonly ClientFeature[] = clientFeatures,
  kinds: readonly ConversationDef[] = clientKinds,
): Client {
  // Nobody catches what a timer throws.
  const ports: Ports = { ...given, after: (ms, run) => given.after(ms, () => guarded(run)) };
  const short = withShortLog(ports.database, ports.after);
  const { db } = short;
  migrate(db, migrations);
  let settling = 0;
  let signIns = 0;
  const turn = createTurn();
  const registry = registryOf(features, coreKinds);
  const conversations = conversationKinds(kinds);
  noteKnownKinds(
    db,
    kinds.map(({ rules }) => rules.name),
  );
  openFounded(db);
  const live = createLive(
    ports,
    (name, args) => readAnyView(viewContext(), name, args),
    (name, args) => anyViewTopics(registry, name, args),
    failed,
    (name, value) => anyViewEndsMs(viewContext(), name, value),
  );
  const dropped = (account: AccountId) => {
    if (engine.own !== undefined && equalBytes(account, engine.own.account)) outdoFormer(engine);
    else forgetStampsAhead(db, account, ports.nowMs());
  };
  const noticed: Parameters<typeof createLists>[2] = (account, kind) => {
    if (kind === "frozen")
      db.transaction(() => {
        countDiagnostic(db, "account-frozen");
        if (engine.own !== undefined) alarm(engine, account, "account-frozen");
      });
    if (kind === "contested")
      db.transaction(() => {
        countDiagnostic(db, "list-contested");
        if (engine.own !== undefined) alarm(engine, account, "list-differs");
      });
    if (kind === "restored" && engine.own !== undefined)
      db.transaction(() => {
        accountRestoredLine(engine, account);
        owePeople(engine, account);
      });
    live.changed("devices", "contacts", "chats", "people");
    if (engine.own === undefined) return;
    if (toHex(account) === toHex(engine.own.account)) {
      engine.tellBefore();
      reconcileDevices(engine);
      void dropFormerKey(engine).catch(failed);
      vault.wake();
    }
    // Somebody's list moved: a stale leaf may have to go before anything else is said.
    for (const group of engine.groups.values()) {
      if (group.members.some((member) => toHex(member.account) === toHex(account)))
        engine.schedule(group.state.conversation);
    }
  };
  const lists = createLists(db, ports.crypto, noticed, dropped);
  const engine: Engine = {
    ports,
    db,
    mls: createMls(ports.crypto, { nowMs: ports.nowMs, kinds: conversations.rules }),
    turn,
    lists,
    features: registry,
    conversations,
    kinds: coreBodies,
    synced: coreSynced,
    notes: groupNotes,
    context: undefined as unknown as Engine["context"],
    home: undefined,
    before: { server: undefined, awayMs: undefined, known: new Set() },
    link: undefined as unknown as Engine["link"],
    deviceBackup: undefined as unknown as Engine["deviceBackup"],
    own: undefined,
    phase: "starting",
    linking: { side: "none" },
    family: { asked: undefined, isAtHome: undefined, helping: { step: "none" }, meeting: undefined, fault: undefined },
    groups: new Map(),
    next: new Map(),
    echoes: new Set(),
    renewals: new Map(),
    places: new Map(),
    stopped: new Map(),
    asked: new Map(),
    answered: new Map(),
    floods: new Map(),
    floodedLeaves: new Set(),
    firstUnread: new Map(),
    resting: new Map(),
    failed,
    transfers: undefined,
    vault: (now) => vault.wake(now),
    reserve: (now) => otherHome.wake(now),
    farOf: (server) => farOf(engine, server),
    acceptedMs: new Map(),
    saidFar: (group) => farStates.said(group),
    tellBefore: () => void tellBefore(engine).catch(failed),
    history: () => history.wake(),
    changed,
    deleteRetired: () => void deleteRetired().catch(failed),
    schedule: (conversation) => {
      sendLoop.schedule(conversation);
      overdue.check();
    },
  };
  engine.context = featureContext(engine, viewContext);
  engine.deviceBackup = createDeviceBackup(engine);
  const farStates = createFarStates(engine);
  const overdue = createOverdue(engine);
  engine.transfers = startTransfers(engine);
  const sendLoop = createSendLoop(engine);
  const vault = createVault(engine);
  const history = createHistory(engine);
  const otherHome = createOtherHomeWorker(engine);
  const meeting = createMeetingWorker(engine);
  /** What came from the home of before (HM68). */
  const fromBefore = new WeakSet<Push>();
  const inbox = createInbox(engine, (push) => {
    if (fromBefore.has(push)) engine.link.before.stored(push.id);
    else engine.link.stored(push.id);
  });
  engine.link = createLink(ports, () => engine.own?.server ?? ports.server, {
    isHome: (name, hello, asked) => isHome(engine, name, hello, asked),
    signIn: async (hello, call) => {
      engine.home = {
        aheadMs: hello.timeMs - ports.nowMs(),
        hasCalls: hello.calls === true,
        hasGroupCalls: hello.groupCalls === true,
      };
      db.transaction(() => setHomeKey(db, hello.peers));
      const answer = await signIn(engine, hello, call);
      engine.link.suspend(answer === "suspended");
      if (answer === undefined || answer === "suspended") return false;
      signIns++;
      farStates.signedIn();
      settle(answer.keyPackagesLeft);
      return true;
    },
    // Nothing that comes for what this device was can be opened: it is told of the device's going instead.
    push: (push) => {
      if (!isStandingIn(engine)) inbox.take(push);
    },
    gone: () => inbox.forget((push) => !fromBefore.has(push)),
    before: beforeEvents(
      () => engine,
      (push) => {
        fromBefore.add(push);
        if (!isStandingIn(engine)) inbox.take(push);
      },
      () => inbox.forget((push) => fromBefore.has(push)),
      () => void removeLetGo(engine).catch(failed),
    ),
    family: () => {
      void followFamily(engine).catch(failed);
      otherHome.wake();
    },
    expired: () => guarded(() => countDiagnostic(db, "expired")),
    changed: () => {
      live.changed("status");
      guarded(overdue.check);
      guarded(() => away.look());
    },
    payment: paymentOf(engine),
    serverKnown: (server) => serverExpected(db, server),
    // It is judged: it is the known one, or that one said so.
    serverMet: (server, { signKey }) => db.transaction(() => learnServer(db, server, { key: signKey })),
    ready: () => {
      engine.schedule();
      engine.transfers?.wake();
      history.wake();
      void removeLetGo(engine).catch(failed);
    },
    failed,
  });

  const away = watchAway(engine, () => otherHome.wake());

  let isLaterPlanned = false;
  /** Views are read again; and a little later features tell the server what follows from it, all together. */
  function changed(...topics: readonly string[]): void {
    live.changed(...topics);
    vault.scheduleFlush();
    engine.deviceBackup.scheduleFlush(topics);
    giveBackSoon();
    if (isLaterPlanned || engine.own === undefined) return;
    isLaterPlanned = true;
    ports.after(laterMs, () => {
      isLaterPlanned = false;
      for (const { later } of features) void later?.(engine.context).catch(failed);
    });
  }

  let isGivingBack = false;
  /** What was deleted takes no room on the disk (KP4). */
  function giveBackSoon(): void {
    if (isGivingBack) return;
    isGivingBack = true;
    ports.after(giveBackMs, () => {
      isGivingBack = false;
      if (ports.isAtWork?.() === true) giveBackSoon();
      else if (giveBackRoom(db)) live.changed("room");
    });
  }

  /** What was retired goes at the server, and what belongs to a group's link that is no more. */
  async function deleteRetired(): Promise<void> {
    await settleLinkTokens(engine);
    await deleteRetiredAddresses(engine);
  }

  function settle(keyPackagesLeft: number): void {
    settling++;
    void settleIn(keyPackagesLeft)
      .catch(failed)
      .finally(() => {
        settling--;
      });
  }

  /**
   * Home refused for now, as while it cannot write, and the connection stays: else what waits would wait for the next.
   */
  function settleLater(keyPackagesLeft: number): void {
    const of = signIns;
    ports.after(settleAgainMs, () => {
      if (of === signIns && engine.link.isReady("signed")) settle(keyPackagesLeft);
    });
  }

  /** After each sign-in: what home must know of this device, then everything that waits. */
  async function settleIn(keyPackagesLeft: number): Promise<void> {
    if (!(await changeKey(engine))) return;
    await followOwnList(engine);
    await dropFormerKey(engine); // As after a crash between the list and it.
    void followFamily(engine).catch(failed);
    if (leaving.goOn()) return engine.schedule();
    await wipeOnWord(engine);
    if (engine.own === undefined) return;
    dropOldKept(engine);
    if (!(await registerAddresses(engine)) || !(await restoreAccountState(engine))) return settleLater(keyPackagesLeft);
    await nameRecoveryKey(engine);
    await sayHomes(engine).catch(failed);
    await tellHomeAgain(engine);
    engine.schedule();
    await keepContactCapability(engine); // Made now, so that one's own code can be shown without a network.
    await supplyKeyPackages(engine, keyPackagesLeft);
    reconcileDevices(engine);
    void strikeUnjoined(engine).catch(failed);
    vault.wake();
    otherHome.wake();
    meeting.wake();
    endRestoring(engine);
    await deleteRetired();
    void removeLetGo(engine).catch(failed);
    for (const { signedIn } of features) await signedIn?.(engine.context);
    // Not while the first screens are drawn: it is a tenth of a second of arithmetic.
    if (ports.media !== undefined) ports.after(stockDelayMs, () => void stockTokens(engine).catch(failed));
  }

  /** The disk that fails, or a bug: counted, so that evidence sees it, and everything else goes on. */
  function failed(error: unknown): void {
    ports.report?.(error);
    try {
      countDiagnostic(db, error instanceof StorageError ? "storage" : "unexpected");
    } catch {
      // A full disk keeps no count either.
    }
  }

  function guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      failed(error);
    }
  }

  async function idle(): Promise<void> {
    do await turn.idle();
    while (inbox.isTaking());
  }

  function beforeNow() {
    const { server, awayMs } = engine.before;
    if (server === undefined) return {};
    return { before: { server, isReached: engine.link.before.isReady(), isAway: awayMs !== undefined } };
  }

  function viewContext() {
    return {
      database: db,
      features: registry,
      conversations,
      own: engine.own,
      phase: engine.phase,
      network: engine.link.state(),
      server: engine.own?.server ?? ports.server ?? "",
      reachesOthers: ports.reachesOthers === true,
      meeting: meeting.view,
      ...beforeNow(),
      persistent: ports.persistent,
      linking: engine.linking,
      family: engine.family,
      firstUnread: engine.firstUnread,
      acceptedMs: engine.acceptedMs,
      nowMs: ports.nowMs(),
      failed,
      transfer: (handle: Hex) =>
        engine.transfers?.view(handle) ?? { state: "away", direction: "down", done: 0, total: 0, expiresDay: 0 },
      sha256: ports.crypto.sha256,
      unreached: (conversation: Hex) => unreachedIn(engine, farStates, conversation),
    };
  }

  const leaving = createLeaving(engine, async () => {
    await otherHome.hold(() => leaveOthers(engine)).catch(failed);
    for (const one of features) await one.leaving?.(engine.context);
  });
  const familyBack = createFamilyBack(engine);
  const account = accountApi(engine, () => engine.link.startAnew());
  const api = {
    ...account,
    ...familyApi(engine),
    ...familyBack.api,
    ...helpingApi(engine),
    ...leaving.api,
    tryAgain: async () => engine.link.again(),
    ...messagesApi(engine, overdue, viewContext),
    ...farStatesApi(engine, farStates),
    ...ownChatApi(engine),
    ...linkingApi(engine, () => engine.link.startAnew()),
    ...passkeysApi(engine),
    ...changeCardApi(engine),
    ...showCardApi(engine),
    ...recoveryApi(engine, () => engine.link.startAnew()),
    ...vaultApi(engine),
    ...homesApi(engine, otherHome),
    meetAt: meeting.meetAt,
    countUnshown: async () => countDiagnostic(db, "unshown"),
  } satisfies CoreApi;
  const ofFeatures = features.map((feature) => feature.api?.(engine.context) ?? {});

  return {
    api: Object.assign(api, ...ofFeatures) as unknown as ClientApi,
    subscribe(name, args, callback) {
      if (name === "timeline") rememberFirstUnread(engine, args[0] as Hex);
      return live.subscribe(name, args, callback as (value: unknown) => void);
    },
    view: (name, args) => readAnyView(viewContext(), name, args) as never,
    phase: () => engine.phase,
    async start() {
      engine.own = await readOwn(db, ports.crypto);
      lookBefore(engine);
      const isMended = engine.own === undefined && (await standIn(engine));
      if (engine.own !== undefined && !isMended) {
        // All of them: a leaf is judged in the middle of a commit, where nothing can be waited for.
        for (const account of readListedAccounts(db)) await lists.load(account);
        for (const { conversation } of readConversations(db)) {
          for (const { group_id } of readGroupsOf(db, conversation)) await liveGroup(engine, group_id);
        }
        dropOldWaiting(db, ports.nowMs() - waitingMsMax);
        dropOldKept(engine);
      }
      engine.phase = engine.own === undefined ? "new" : isLeaving(engine) ? "leaving" : "ready";
      live.changed("status");
      familyBack.resume();
      if (engine.own === undefined) return;
      await applyAfterUpdate(engine);
      await turn.take(() => tryKeptWelcomes(engine)).catch(failed);
      guarded(() => dropStrayMarks(engine));
      guarded(() => db.transaction(() => cutVaultClears(db, latestClearMs(ports.nowMs()))));
      giveUpStranded(engine);
      resumeResyncs(engine);
      resyncLeft(engine); // As after a crash in the middle of going elsewhere.
      resumeUploads(engine);
      resumeJoining(engine);
      resumeRejoining(engine);
      for (const { started } of features) started?.(engine.context);
      engine.link.start();
      otherHome.wake(); // Home may be gone (HM52).
    },
    stop() {
      for (const cancel of engine.resting.values()) cancel();
      sendLoop.stop();
      engine.transfers?.stop();
      vault.stop();
      otherHome.stop();
      meeting.stop();
      history.stop();
      engine.link.stop();
      live.stop();
      short.stop();
    },
    network: (online) => engine.link.network(online),
    diagnostics: () =>
      Object.fromEntries(
        db
          .all<{ what: string; count: number }>("SELECT what, count FROM diagnostics")
          .map(({ what, count }) => [what, count]),
      ),
    idle,
    isTakingIn: () => inbox.isBehind() || (engine.link.isReady("signed") && countUnread(db) > 0),
    workAhead: async () => {
      const more = await Promise.all(
        features.map(({ workAhead }) => workAhead?.(engine.context) ?? Promise.resolve(false)),
      );
      return more.includes(true);
    },
    isBusy: () => settling > 0 || hasWork(db) || isSendingFiles(engine) || isHandingOver(engine),
  };
}
