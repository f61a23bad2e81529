/** What a chat does together: pats, pins, an announcement, polls, lists (docs/spec/actions.md AC8–AC11). */
import { actionLimits, type Body } from "@yanshu/content";
import { groupStateLimits } from "@yanshu/mls";
import { readConversation, readMembers, readPerson } from "@yanshu/store";
import { type ContentId, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { type ClientApi, ClientError, type Hex } from "../api.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { plan } from "../groups/jobs.ts";
import { applyLine, applyPins, applyVote, mayPin, pinsIn } from "../sync/actions.ts";
import { ownProfile } from "../sync/bodies.ts";
import { say } from "../sync/outbox.ts";
import { bodyOf, contentId, groupOf, messageOf, nameOf, quoteOf, writable } from "./message-names.ts";

type Api = Pick<ClientApi, "pat" | "setPat" | "announce" | "pin" | "startPoll" | "vote" | "startChain" | "writeLine">;

const patGapMs = 1_000;

export function gatheringApi(engine: Engine, setProfile: ClientApi["setProfile"]): Api {
  const { db, ports } = engine;
  let pattedMs = 0;

  /** Says it, and does here what it does everywhere. */
  function act(conversation: ConversationId, body: Body, apply: (id: ContentId) => void = () => undefined): Hex {
    const id = db.transaction(() => {
      const said = say(engine, conversation, body);
      apply(said);
      return said;
    });
    engine.changed(topicOf(conversation), "chats");
    engine.kick(conversation);
    return toHex(id);
  }

  const own = () => ownOf(engine).account;

  return {
    async pat(hex, account) {
      const conversation = writable(engine, hex);
      const who = readMembers(db, conversation).find((member) => toHex(member.account) === account)?.account;
      if (who === undefined) throw new ClientError("unknown-contact");
      const nowMs = ports.nowMs();
      if (Math.abs(nowMs - pattedMs) < patGapMs) throw new ClientError("too-often");
      pattedMs = nowMs;
      act(conversation, { kind: "pat", who, suffix: readPerson(db, who)?.pat ?? "" });
    },

    async setPat(suffix) {
      const pat = checked(suffix.trim(), actionLimits.patMax);
      const { name, avatar } = ownProfile(engine);
      await setProfile({ name, ...(avatar === undefined ? {} : { picture: avatar }), pat });
    },

    async announce(hex, text) {
      const conversation = writable(engine, hex);
      const role = readMembers(db, conversation).find((member) => equalBytes(member.account, own()))?.role;
      // Receivers know no rule for it but that of the group's name; that those who lead speak for all is ours.
      if (readConversation(db, conversation)?.kind !== "group" || role === undefined || role === "member")
        throw new ClientError("not-allowed");
      const said = checked(text.trim(), groupStateLimits.announcementMax);
      db.transaction(() => plan(engine, conversation, { kind: "announce", text: said }));
      engine.kick(conversation);
    },

    async pin(hex, message, on) {
      const conversation = writable(engine, hex);
      const name = nameOf(message);
      const group = groupOf(engine, conversation);
      if (group === undefined || !mayPin(group, own())) throw new ClientError("not-allowed");
      const held = pinsIn(engine, conversation);
      const before = held.find((one) => equalBytes(one.author, name.author) && equalBytes(one.id, name.id));
      if (on && before === undefined && held.length >= actionLimits.pinsMax) throw new ClientError("too-many-pins");
      // What is taken down need not be here: a newcomer may take down what was said before they came.
      const { of, words } = before ?? quoteOf(engine, conversation, name);
      const atMs = before?.atMs ?? messageOf(engine, conversation, name).at_ms;
      const stampMs = Math.max(ports.nowMs(), (before?.stampMs ?? 0) + 1);
      const body = {
        kind: "pins",
        items: [{ ...name, by: own(), on, atMs, of, words, stampMs }],
        retold: false,
      } as const;
      act(conversation, body, () => applyPins(engine, group, own(), body));
    },

    async startPoll(hex, { question, options, isMultiple, isAnonymous, closesAtMs }) {
      const conversation = writable(engine, hex);
      const choices = options.map((option) => filled(option, actionLimits.optionMax));
      if (choices.length < 2) throw new ClientError("empty");
      if (choices.length > actionLimits.optionsMax) throw new ClientError("too-long");
      if (closesAtMs !== undefined && closesAtMs <= ports.nowMs()) throw new ClientError("too-late");
      return act(conversation, {
        kind: "poll",
        question: filled(question, actionLimits.questionMax),
        options: choices,
        multiple: isMultiple,
        anonymous: isAnonymous,
        ...(closesAtMs === undefined ? {} : { closesAtMs }),
      });
    },

    async vote(hex, poll, choices) {
      const conversation = writable(engine, hex);
      const name = nameOf(poll);
      const said = bodyOf(messageOf(engine, conversation, name).body);
      if (said?.kind !== "poll") throw new ClientError("unknown-message");
      if ((said.closesAtMs ?? Number.POSITIVE_INFINITY) < ports.nowMs()) throw new ClientError("too-late");
      if (choices.some((choice) => said.options[choice] === undefined) || (!said.multiple && choices.length > 1))
        throw new ClientError("not-allowed");
      const body = { kind: "vote", ...name, choices: [...new Set(choices)] } as const;
      act(conversation, body, () => applyVote(engine, conversation, own(), body, ports.nowMs()));
    },

    async startChain(hex, { title, note, seeds }) {
      const conversation = writable(engine, hex);
      if (seeds.length > actionLimits.chainSeedsMax) throw new ClientError("too-long");
      return act(conversation, {
        kind: "chain",
        title: filled(title, actionLimits.questionMax),
        note: checked(note.trim(), actionLimits.chainNoteMax),
        seeds: seeds.map((seed) => filled(seed, actionLimits.chainLineMax)),
      });
    },

    async writeLine(hex, chain, text, key) {
      const conversation = writable(engine, hex);
      const name = nameOf(chain);
      if (messageOf(engine, conversation, name).kind !== "chain") throw new ClientError("unknown-message");
      const said =
        key === undefined ? filled(text, actionLimits.chainLineMax) : checked(text.trim(), actionLimits.chainLineMax);
      const line = key === undefined ? ports.crypto.random(16) : contentId(key);
      const body = { kind: "line", ...name, key: line, text: said } as const;
      act(conversation, body, () => applyLine(engine, conversation, own(), body, ports.nowMs()));
    },
  };
}

function checked(text: string, unitsMax: number): string {
  if (text.length > unitsMax) throw new ClientError("too-long");
  return text.toWellFormed();
}

function filled(text: string, unitsMax: number): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new ClientError("empty");
  return checked(trimmed, unitsMax);
}
