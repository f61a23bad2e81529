/**
 * Recovery by the family, the side of the person who lost their devices (docs/spec/identity.md ID38): this device shows
 * a code to each of two helpers, then asks home until the delay is over. Pieces are stored, so they survive a restart.
 */
import type { Note, NoteOf } from "@yanshu/content";
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type AccountId, type Bytes, encodeLink, equalBytes } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { FamilyBackView, FamilyFault } from "../api/family.ts";
import { pack, unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { tagOf, unwrapMasterKey } from "../identity/master-wrap.ts";
import type { Cancel } from "../ports.ts";
import { familySecretOf } from "./helpers-secret.ts";
import { commitmentOf, wordsOf } from "./link-proof.ts";
import { type Meeting, meet, meetingMsMax } from "./meeting.ts";

type FamilyBackApi = Pick<CoreApi, "meetHelper" | "cancelFamilyBack" | "askFamilyAgain">;
type Over = Extract<FamilyBackView, { step: "over" }>["why"];

type HandedOver = { readonly account: AccountId; readonly check: Bytes; readonly piece: Bytes; readonly by: string };

/** The stored state of the recovery. */
export type FamilyBack = {
  readonly server: string;
  /** One piece, or two that fit together. */
  readonly pieces: readonly HandedOver[];
  /** The id of the request at home; absent until there are two pieces. */
  readonly request?: Bytes;
  /** Whether home has accepted the request. */
  readonly isBegun?: boolean;
  readonly dueAtMs?: number;
  readonly wrap?: Bytes;
  readonly over?: Over;
};

/** Home answers thirty such calls an hour per network. */
const askEveryMsMax = 600_000;
const retryMs = 60_000;
/** Added to the due time, since clocks differ a little. */
const afterDueMs = 200;

export function readFamilyBack({ db }: Pick<Engine, "db">): FamilyBack | undefined {
  const held = readMeta(db, "family-back");
  return held === undefined ? undefined : unpack<FamilyBack>(held);
}

export function forgetFamilyBack(engine: Engine): void {
  engine.db.transaction(() => deleteMeta(engine.db, "family-back"));
  engine.family.meeting = undefined;
  engine.family.fault = undefined;
  engine.changed("family");
}

/** The master key, once home has released it. Rejects with `no-account` before that, and if it does not open. */
export async function masterKeyByFamily(engine: Engine): Promise<{ masterKey: Bytes; server: string }> {
  const { crypto } = engine.ports;
  const held = readFamilyBack(engine);
  const account = held?.pieces[0]?.account;
  const secret = held && secretOf(engine, held);
  const masterKey =
    held?.wrap && account && secret && (await unwrapMasterKey(crypto, "family", secret, account, held.wrap));
  // @checks ID38
  if (!masterKey) throw new ClientError("no-account");
  return { masterKey, server: held.server };
}

function secretOf({ ports }: Engine, { pieces: [one, other] }: FamilyBack): Bytes | undefined {
  // @checks ID38
  if (one === undefined || other === undefined) return undefined;
  return familySecretOf(ports.crypto, one.check, one.piece, other.piece);
}

export function createFamilyBack(engine: Engine) {
  const { db, ports, family } = engine;
  const { crypto } = ports;
  let mine: { readonly meeting: Meeting; readonly expiry: Cancel; hello?: NoteOf<"familyHello"> } | undefined;
  let asking: Cancel | undefined;

  function keep(next: FamilyBack): void {
    db.transaction(() => writeMeta(db, "family-back", pack(next)));
    engine.changed("family");
  }

  function leave(fault?: FamilyFault): void {
    mine?.expiry();
    mine?.meeting.close();
    mine = undefined;
    family.meeting = undefined;
    family.fault = fault;
    engine.changed("family");
  }

  async function meetHelper(): Promise<void> {
    // @checks ID38
    if (engine.own !== undefined && engine.phase !== "signed-out") throw new ClientError("has-account");
    const { server } = ports;
    if (server === undefined) throw new ClientError("wrong-server");
    if (readFamilyBack(engine)?.request !== undefined) return; // Both pieces are here: no further helper is needed.
    const { fault } = family;
    leave(fault);
    const meeting = await meet(engine, server, heard);
    if (meeting === undefined) throw new ClientError("server-unreachable");
    leave(fault); // Closes a meeting that was begun meanwhile.
    mine = { meeting, expiry: ports.after(meetingMsMax, () => leave("link-expired")) };
    const { address, sealKey, nonce } = meeting;
    const link = { server, meet: address, sealKey, commitment: commitmentOf(crypto, { key: sealKey, nonce }) };
    family.meeting = {
      kind: "code",
      link: encodeLink(ports.originOf(server), { kind: "help", link }),
      expiresAtMs: ports.nowMs() + meetingMsMax,
    };
    engine.changed("family");
  }

  async function heard(note: Note): Promise<void> {
    if (note.kind === "familyHello") await hello(note);
    else if (note.kind === "familyPiece") take(note);
    else if (note.kind === "linkStop" && mine?.hello !== undefined) leave("words-differ");
  }

  async function hello(note: NoteOf<"familyHello">): Promise<void> {
    // @checks ID38
    // The first who opened it; a second one is not answered.
    if (mine === undefined || mine.hello !== undefined) return;
    mine.hello = note;
    const { meeting } = mine;
    const theirs = { key: note.replySealKey, nonce: note.nonce };
    const words = wordsOf(crypto, note.account, theirs, { key: meeting.sealKey, nonce: meeting.nonce }, "family");
    family.fault = undefined;
    family.meeting = { kind: "compare", words, by: note.name, called: note.called };
    engine.changed("family");
    const peer = { address: note.replyTo, sealKey: note.replySealKey };
    await meeting.send(peer, { kind: "familyReveal", nonce: meeting.nonce });
  }

  /**
   * Stores a piece. Only the device to which the hello was sealed knows its nonce; a stranger who has the code cannot
   * hand over a piece.
   */
  function take({ nonce, check, piece }: NoteOf<"familyPiece">): void {
    const said = mine?.hello;
    const { server } = ports;
    // @checks ID38
    if (said === undefined || server === undefined || !equalBytes(said.nonce, nonce)) return;
    const handed: HandedOver = { account: said.account, check, piece, by: said.name };
    const first = readFamilyBack(engine)?.pieces[0];
    const fault = first === undefined ? undefined : faultOf(first, handed);
    if (fault === "does-not-fit") db.transaction(() => deleteMeta(db, "family-back"));
    leave(fault);
    if (fault === undefined && first !== undefined) {
      keep({ server, pieces: [first, handed], request: crypto.random(16) });
      askSoon();
      return;
    }
    if (fault === undefined) keep({ server, pieces: [handed] });
    next();
  }

  /** @checks ID38 */
  function faultOf(first: HandedOver, { account, check, piece }: HandedOver): FamilyFault | undefined {
    if (!equalBytes(first.account, account)) return "another-person";
    if (equalBytes(first.check, check) && first.piece[0] === piece[0]) return "same-helper";
    return familySecretOf(crypto, check, first.piece, piece) === undefined ? "does-not-fit" : undefined;
  }

  /** Shows the next code at once, because the person is on the telephone. */
  function next(): void {
    void meetHelper().catch(() => undefined); // Without a network the person uses a button.
  }

  function askSoon(waitMs = 0): void {
    asking?.();
    asking = ports.after(waitMs, () => void ask().catch(engine.failed));
  }

  async function ask(): Promise<void> {
    const held = readFamilyBack(engine);
    const secret = held && secretOf(engine, held);
    const request = held?.request;
    if (secret === undefined || request === undefined || held?.wrap !== undefined || held?.over !== undefined) return;
    const errand = await engine.link.errand(held?.server ?? "");
    if (errand === undefined) return askSoon(retryMs);
    const tag = tagOf(crypto, "family", secret);
    const answer = await errand
      .call("askFamily", { tag, request, isNew: held?.isBegun !== true })
      .finally(errand.close);
    const now = readFamilyBack(engine);
    // @checks ID38
    if (now?.request === undefined || !equalBytes(now.request, request)) return; // The person cancelled meanwhile.
    if (answer.kind !== "ok") return askSoon(answer.kind === "lost" ? retryMs : askEveryMsMax);
    const { state, waitMs, wrap } = answer.value;
    if (state === "waiting") {
      keep({ ...now, isBegun: true, dueAtMs: ports.nowMs() + waitMs });
      askSoon(Math.min(waitMs + afterDueMs, askEveryMsMax));
    } else if (state === "given" && wrap !== undefined) keep({ ...now, wrap });
    else keep({ ...now, over: state === "stopped" || state === "none" ? state : "over" });
  }

  const api: FamilyBackApi = {
    meetHelper,

    async cancelFamilyBack() {
      leave();
      asking?.();
      forgetFamilyBack(engine);
    },

    async askFamilyAgain() {
      const held = readFamilyBack(engine);
      if (held?.over === undefined) return;
      const { server, pieces } = held;
      keep({ server, pieces, request: crypto.random(16) });
      askSoon();
    },
  };

  return { api, resume: () => askSoon() };
}
