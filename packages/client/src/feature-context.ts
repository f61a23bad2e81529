/** What features see of the client (feature.ts): made once, of what the parts of the core share. */
import type { Body } from "@yanshu/content";
import { readMarks } from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { openRoomLine, type RoomEvents, type RoomLine, type RoomManner } from "./connection/room-line.ts";
import { type Engine, ownOf, sameBytes, topicOf } from "./core/engine.ts";
import { directChats } from "./direct-chats.ts";
import { ClientError } from "./errors.ts";
import type { FeatureContext } from "./feature.ts";
import { paymentOf } from "./files/tokens.ts";
import { filesForFeatures } from "./files-for-features.ts";
import { plan } from "./group-state/jobs.ts";
import { insertLine } from "./group-state/lines.ts";
import { ownAddress } from "./group-state/own-leaf.ts";
import { ownPlace } from "./group-state/own-place.ts";
import { farOf, reaches, serverOf } from "./group-state/places.ts";
import { declineGroup } from "./groups/decline-group.ts";
import { contactsIn, found } from "./groups/found.ts";
import { leaveGroup } from "./groups/leave-group.ts";
import { whoStays } from "./groups/ownership-handover.ts";
import { contactSecret, keepContactCapability } from "./identity/contact-link.ts";
import { followsFrom, greetingProfile, ownProfile } from "./identity/profile-bodies.ts";
import { mustBeItself } from "./identity/standing-in.ts";
import { chosenName, nameOf } from "./ids.ts";
import { linksForFeatures } from "./links-for-features.ts";
import { applyByFeature, factsOf } from "./messages/apply-feature.ts";
import { setChatMark } from "./messages/chat-marks.ts";
import { clearChat, clearEverywhere } from "./messages/clear.ts";
import { keepDraft } from "./messages/drafts.ts";
import { erase, rewriteSaid, rewriteSentCopy } from "./messages/erase.ts";
import { setMark } from "./messages/marks.ts";
import { bodyOf, groupOf, messageOf, quoteOf, writable } from "./messages/message-names.ts";
import { say } from "./messages/outbox.ts";
import { tellOwnDevices } from "./messages/own-devices.ts";
import { onPlaced } from "./messages/placed.ts";
import { profileChanged, tellProfile } from "./messages/profile.ts";
import { forgetTold } from "./messages/sent-sync-items.ts";
import type { Ports } from "./ports.ts";
import { wipeOnWord } from "./recovery/wipe-here.ts";
import { livesAt, serverForFeatures } from "./server-for-features.ts";
import { readVault } from "./values/vault-state.ts";
import type { ViewContext } from "./views/context.ts";
import { readContext } from "./views/read-context.ts";

export function featureContext(engine: Engine, views: () => ViewContext): FeatureContext {
  const { db, ports } = engine;
  return {
    db,
    files: filesForFeatures(engine),
    server: serverForFeatures(engine),
    links: linksForFeatures(engine),
    read: () => readContext(views()),
    serverName: () => ownOf(engine).server,
    isHome: () => engine.own !== undefined,
    keepsHistory: () => readVault(db).isOn,
    devices: () => engine.lists.devices(ownOf(engine).account).map(({ id }) => id),
    addresses: () =>
      [...engine.groups.values()].map((group) => ({
        conversation: group.state.conversation,
        address: ownAddress(group),
      })),
    reaches: (server) => reaches(engine, server),
    originOf: ports.originOf,
    ownProfile: () => {
      const { stampMs: _, ...profile } = ownProfile(engine);
      return profile;
    },
    setOwnProfile: (profile, also) => {
      const before = ownProfile(engine);
      db.transaction(() => {
        also?.();
        tellProfile(engine, profile);
      });
      engine.changed("status", "people");
      engine.schedule();
      if (before.name !== profile.name || !sameBytes(before.avatar, profile.avatar)) profileChanged(engine);
    },
    profileForOne: () => greetingProfile(engine),
    directs: directChats(engine),
    rightBy: async (label) => {
      const secret = await contactSecret(engine);
      return secret && followsFrom(engine, secret, label);
    },
    tellReach: () => keepContactCapability(engine).catch(engine.failed),
    settled: () => engine.turn.idle(),
    nowMs: ports.nowMs,
    random: ports.crypto.random,
    sha256: ports.crypto.sha256,
    crypto: ports.crypto,
    after: (ms, run) =>
      void ports.after(ms, () => {
        try {
          run();
        } catch (error) {
          engine.failed(error);
        }
      }),
    own: () => ownOf(engine).account,
    device: () => ownOf(engine).device,
    keysOf: async (account) => {
      if ((await engine.lists.load(account)) === undefined || engine.lists.isFrozen(account)) return [];
      return engine.lists.devices(account).map(({ key }) => key);
    },
    dropsOf: (account) => {
      const list = engine.lists.get(account);
      return list && (list.entries.at(-1)?.body.vaultEpoch ?? 0);
    },
    ownKeysEver: () => engine.lists.get(ownOf(engine).account)?.entries.flatMap(({ body }) => body.devices) ?? [],
    chance: ports.chance,
    changed: engine.changed,
    changedIn: (conversation) => engine.changed(topicOf(conversation)),
    failed: engine.failed,
    found: (kind, title, accounts, newcomersSee = "none") => {
      mustBeItself(engine);
      const history = newcomersSee === "none" ? {} : { history: newcomersSee };
      return found(engine, kind, { title: chosenName(title, true), people: contactsIn(db, accounts), ...history });
    },
    placeIn: (hex) => ownPlace(engine, hex),
    contactsIn: (accounts) => contactsIn(db, accounts),
    staying: (conversation) => whoStays(engine, conversation),
    leaveGroup: (conversation, successor) => leaveGroup(engine, conversation, successor),
    kindOf: (kind) => engine.conversations.of(kind ?? ""),
    writable: (hex) => writable(engine, hex),
    group: (conversation) => {
      const group = groupOf(engine, conversation);
      return group && factsOf(engine, group);
    },
    message: (conversation, name) => messageOf(engine, conversation, name),
    find: (conversation, message, kind) => {
      const name = nameOf(message);
      const body = bodyOf(messageOf(engine, conversation, name).body);
      if (body?.kind !== kind) throw new ClientError("unknown-message");
      return { name, body: body as Extract<Body, { kind: typeof kind }> };
    },
    say: (conversation, body, also) => {
      const id = db.transaction(() => {
        also?.before?.();
        const said = say(engine, conversation, body);
        const by = ownOf(engine).account;
        applyByFeature(engine, groupOf(engine, conversation), {
          conversation,
          by,
          id: said,
          sentAtMs: ports.nowMs(),
          body,
          isSaidHere: true,
        });
        onPlaced(engine, body, { conversation, on: { author: by, id: said }, hasEarly: true });
        also?.after?.();
        return said;
      });
      engine.changed(topicOf(conversation), "chats");
      engine.schedule(conversation);
      return toHex(id);
    },
    sayInEach: (conversations, body) => {
      db.transaction(() => {
        for (const conversation of conversations) say(engine, conversation, body);
      });
      for (const conversation of conversations) engine.schedule(conversation);
    },
    setMark: (conversation, on, mark) => setMark(engine, conversation, on, mark),
    marks: (conversation, { author, id }, kind) => readMarks(db, conversation, author, id, kind),
    tellOwnDevices: (items) => tellOwnDevices(engine, items),
    forgetTold: (gone, isSame) => forgetTold(engine, gone, isSame),
    sendSoon: engine.schedule,
    setChatMark: (conversation, mark, isOn) => setChatMark(engine, conversation, mark, isOn),
    keepDraft: (conversation, text) => keepDraft(engine, conversation, text),
    clearChat: (conversation, upToMs) => clearChat(engine, conversation, upToMs),
    clearEverywhere: (conversation) => clearEverywhere(engine, conversation),
    leaveUnread: (conversation) => declineGroup(engine, conversation),
    changeGroup: (conversation, change) => plan(engine, conversation, change),
    wipe: () => wipeOnWord(engine),
    line: (conversation, line, by = ownOf(engine).account) => insertLine(engine, conversation, by, line),
    hasOwnRecall: (kind) => engine.features.hasOwnRecall.has(kind),
    erase: (conversation, name, left) => erase(engine, conversation, name, left),
    rewriteSentCopy: (conversation, id, change) => rewriteSentCopy(engine, conversation, id, change),
    rewrite: (conversation, name, body) => rewriteSaid(engine, conversation, name, body),
    rooms: {
      areThere: () => engine.home?.hasCalls,
      haveMedia: () => engine.home?.hasGroupCalls === true,
      nowMs: () => ports.nowMs() + (engine.home?.aheadMs ?? 0),
      crypto: {
        ...ports.crypto,
        sign: (message) => ports.crypto.sign(ownOf(engine).deviceKey.privateKey, message),
      },
      enter: (name, events, at) => roomLine(engine, name, events, at),
      listen: (name, events, at) => roomLine(engine, name, events, at, "listens"),
      show: (name, shows, events) => roomLine(engine, name, events, undefined, { shows }),
      watch: (name, events, at) => roomLine(engine, name, events, at, "watches"),
      homeOf: (conversation, account, device, named) => {
        if (named !== undefined) return farOf(engine, named);
        const all = groupOf(engine, conversation)?.members.filter((one) => equalBytes(one.account, account)) ?? [];
        const leaf = all.find((one) => equalBytes(one.device, device)) ?? all[0];
        return farOf(engine, leaf?.server);
      },
      isMetAt: (conversation, account, at) =>
        groupOf(engine, conversation)?.members.some(({ server }) => server === at) === true ||
        livesAt(engine, account) === at ||
        serverOf(engine, account) === at ||
        engine.features.features.some(({ homeNamedBy }) => homeNamedBy?.(engine.context, account) === at),
      homeToName: (conversation) => {
        const { members, ownLeaf } = groupOf(engine, conversation) ?? {};
        const { server } = ownOf(engine);
        return members?.some(({ leaf, server: at }) => leaf === ownLeaf && at !== server) === true ? server : undefined;
      },
      devicesIn: (conversation) => groupOf(engine, conversation)?.members.map(({ device }) => device) ?? [],
      keyOf: (conversation, device) => {
        const member = groupOf(engine, conversation)?.members.find((one) => equalBytes(one.device, device));
        if (member === undefined || engine.lists.judge(member) !== "listed") return undefined;
        return { account: member.account, key: member.deviceKey };
      },
    },
    publicLog: () => {
      const keeper = engine.features.features.find(({ publicLog }) => publicLog !== undefined);
      return keeper?.publicLog?.(engine.context);
    },
    entryReader: (kind) => engine.features.entries.get(kind),
    quoteOf: (conversation, name) => quoteOf(engine, conversation, name),
  };
}

/** A way into a room of a call. @param at the other home at which it is, reached through home; undefined: home. */
function roomLine(
  engine: Engine,
  name: Bytes,
  events: RoomEvents,
  at: string | undefined,
  manner?: RoomManner,
): RoomLine {
  const { ports, link } = engine;
  const { after, chance } = ports;
  const connect: Ports["connect"] = (server, on) => link.roomsAt(server, on, at === undefined || manner !== "listens");
  const line = { after, chance, connect };
  if (at === undefined) return openRoomLine(line, ownOf(engine).server, name, paymentOf(engine), events, manner);
  // Its relay is found at that home's name, as home's own is at home's.
  const host = at.replace(/:\d+$/, "");
  const relay: RoomEvents["relay"] = (access) => events.relay({ host, ...access });
  return openRoomLine(line, at, name, undefined, { ...events, relay }, manner);
}
