/** Chats of two, for the features that deal with people (feature.ts). */
import { decodeBody } from "@yanshu/content";
import { directConversationId } from "@yanshu/mls";
import {
  deleteJob,
  detachGroup,
  dropWork,
  insertConversation,
  readConversation,
  readJobs,
  readOutboxOf,
  retireAddressesOf,
  setConversationState,
  writeChatMark,
} from "@yanshu/store";
import { equalBytes, historyOf, toHex } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "./core/engine.ts";
import { ClientError, type ClientErrorCode } from "./errors.ts";
import type { DirectChats } from "./feature.ts";
import { alarm } from "./group-state/alarm.ts";
import { claim, claimByAnyRight } from "./group-state/claim.ts";
import { foundAboveKnown, plan } from "./group-state/jobs.ts";
import { openKnown } from "./group-state/open-stranger-groups.ts";
import { farOf, knownBy } from "./group-state/places.ts";
import { mustBeItself } from "./identity/standing-in.ts";
import { befriend } from "./messages/befriend.ts";
import { dropItem } from "./messages/clear.ts";
import { say } from "./messages/outbox.ts";
import { contactItem, tellOwnDevices } from "./messages/own-devices.ts";
import { giveUp } from "./messages/unsent.ts";
import { learnServerOf } from "./values/far-servers.ts";

/** Why nobody can be asked by this right. */
const whyNot: Readonly<Record<string, ClientErrorCode>> = {
  lost: "offline",
  "bad-capability": "link-reset",
  "no-packages": "link-used-up",
  "rate-limited": "link-used-up",
  unreachable: "peer-unreachable",
  "peer-refused": "peer-refused",
};

function whyNotAt({ link }: Engine, far: string | undefined): ClientErrorCode | undefined {
  return far !== undefined && link.farFault(far) === "peer-forgotten" ? "peer-forgotten" : undefined;
}

export function directChats(engine: Engine): DirectChats {
  const { db, ports } = engine;
  const chatWith = (account: Uint8Array) => directConversationId(ports.crypto.sha256, ownOf(engine).account, account);

  return {
    with: chatWith,
    mayBegin: () => mustBeItself(engine),

    async draw(account, right, at) {
      await engine.link.whenReady("anonymous");
      const far = at && farOf(engine, at.server);
      const draw = async () => {
        if (far !== undefined) await engine.link.farReached(far);
        const drawn = await (right === undefined
          ? claimByAnyRight(engine, account)
          : claim(engine, account, right, undefined, at?.server));
        if (drawn.kind === "failed") throw new ClientError(whyNotAt(engine, far) ?? whyNot[drawn.why] ?? "refused");
        return drawn;
      };
      const mark = at?.serverMark;
      const drawn = await (far === undefined || mark === undefined ? draw() : knownBy(engine, far, mark, draw));
      // Beyond the draws of a day a last-resort package is drawn (DS6), so that none is no sign of a link used too
      // often: a device that has just begun has not published any, and one that the list does not name is left out.
      if (drawn.packages.length === 0) throw new ClientError("refused");
      return {
        packages: drawn.packages,
        hadGhosts: drawn.ghosts,
        ...(right === undefined ? {} : { right }),
        ...(far === undefined ? {} : { server: far }),
      };
    },

    async begin(account, { packages, hadGhosts, right, server }, first, also) {
      const conversation = chatWith(account);
      const nowMs = ports.nowMs;
      await engine.turn.take(() => {
        db.transaction(() => {
          also();
          if (server !== undefined) learnServerOf(db, account, server);
          insertConversation(db, {
            conversation,
            kind: "direct",
            peer: account,
            state: "request-out",
            activeMs: nowMs(),
          });
          setConversationState(db, conversation, "request-out");
          writeChatMark(db, conversation, "alone", false, nowMs());
          // One was about to leave, and thought better of it.
          for (const item of readOutboxOf(db, conversation))
            if (decodeBody(item.body)?.kind === "leave") dropItem(engine, item);
          if (hadGhosts) alarm(engine, account, "device-refused");
          for (const job of readJobs(db, conversation))
            if (job.kind === "create" || job.kind === "recreate") deleteJob(db, job.job);
          plan(engine, conversation, {
            kind: "create",
            accounts: [account],
            title: "",
            packages: packages.map(({ bytes }) => bytes),
            drawnMs: nowMs(),
            ...(right === undefined ? {} : { capability: right }),
            ...(server === undefined ? {} : { server }),
          });
          say(engine, conversation, first);
          tellOwnDevices(engine, contactItem(engine, account));
        });
      });
      engine.changed("contacts", "chats", topicOf(conversation));
      engine.schedule(conversation);
      return toHex(conversation);
    },

    opened(account) {
      openKnown(engine);
      foundAboveKnown(engine, chatWith(account));
    },

    answered: ({ conversation, by, isLate }) => befriend(engine, conversation, by, isLate === true),

    /** The addresses are gone for good: only a new group can take the place of this one. */
    shut(conversation, state) {
      if (readConversation(db, conversation) !== undefined) setConversationState(db, conversation, state);
      dropWork(db, conversation);
      giveUp(engine, conversation);
      detachGroup(db, conversation);
      retireAddressesOf(db, conversation, ports.nowMs());
      engine.deleteRetired();
    },

    beginAnew(account) {
      const conversation = chatWith(account);
      insertConversation(db, { conversation, kind: "direct", peer: account, state: "open", activeMs: ports.nowMs() });
      setConversationState(db, conversation, "open");
      plan(engine, conversation, { kind: "recreate", without: [] });
    },

    tell: (account) => tellOwnDevices(engine, contactItem(engine, account)),

    async historyOf(account) {
      const list = await engine.lists.load(account);
      if (list === undefined) throw new ClientError("unknown-contact");
      if (list.frozenAt !== undefined) throw new ClientError("account-frozen");
      return historyOf(list);
    },

    async takeHistory(account, history) {
      const advance = await engine.lists.take(history);
      if (advance.kind === "frozen") throw new ClientError("account-frozen");
      if (advance.kind === "refused" || !equalBytes(advance.list.account, account)) throw new ClientError("refused");
    },
  };
}
