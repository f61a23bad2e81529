/**
 * Recovery by the family, the helper's side (docs/spec/identity.md ID38): the helper opens the code that the person
 * shows, and both see the same four words. The piece is sent only after the helper has heard the person's voice, sealed
 * to the key that the words cover.
 */
import type { Note } from "@yanshu/content";
import { readPerson, readPiece } from "@yanshu/store";
import { type AccountId, type Bytes, decodeLink, equalBytes, fromHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { FamilyFault, FamilyPerson, HelpingView } from "../api/family.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { ownProfile } from "../identity/profile-bodies.ts";
import type { Cancel } from "../ports.ts";
import { faceOf } from "../values/faces.ts";
import { commitmentOf, wordsOf } from "./link-proof.ts";
import { type Meeting, meet, meetingMsMax, type Peer } from "./meeting.ts";

type HelpingApi = Pick<CoreApi, "helpBack" | "confirmHelp" | "cancelHelp">;

type Helping = {
  readonly meeting: Meeting;
  readonly account: AccountId;
  readonly who: FamilyPerson;
  readonly peer: Peer;
  readonly commitment: Bytes;
  readonly expiry: Cancel;
  /** Whether the other device has opened its commitment. */
  isOpened: boolean;
};

export function helpingApi(engine: Engine): HelpingApi {
  const { db, ports } = engine;
  const { crypto } = ports;
  let mine: Helping | undefined;

  function show(view: HelpingView): void {
    engine.family.helping = view;
    engine.changed("family");
  }

  function leave(): void {
    mine?.expiry();
    mine?.meeting.close();
    mine = undefined;
  }

  function stop(why: FamilyFault): void {
    if (mine === undefined) return;
    const { who } = mine;
    leave();
    show({ step: "stopped", who, why });
  }

  function heard(note: Note): void {
    if (mine === undefined) return;
    if (note.kind === "linkStop") stop("declined");
    // @checks ID38
    if (note.kind !== "familyReveal" || mine.isOpened) return;
    const { meeting, account, who, peer, commitment } = mine;
    const theirs = { key: peer.sealKey, nonce: note.nonce };
    // @checks ID38
    if (!equalBytes(commitmentOf(crypto, theirs), commitment)) {
      stop("words-differ");
      return;
    }
    mine.isOpened = true;
    const words = wordsOf(crypto, account, { key: meeting.sealKey, nonce: meeting.nonce }, theirs, "family");
    show({ step: "compare", who, words });
  }

  return {
    async helpBack({ account: hex, link: text }) {
      leave();
      const read = decodeLink(text);
      // @checks ID38
      if (read?.kind !== "help") throw new ClientError("bad-link");
      const { server, meet: address, sealKey, commitment } = read.link;
      // @checks ID38
      if (server !== ownOf(engine).server) throw new ClientError("wrong-server");
      const account = fromHex(hex);
      // @checks ID38
      if (readPiece(db, account)?.piece == null) throw new ClientError("unknown-contact");
      const meeting = await meet(engine, server, heard);
      if (meeting === undefined) throw new ClientError("offline");
      const person = readPerson(db, account);
      const name = person?.name ?? "";
      const who = { account: hex, name, face: faceOf(account, name, person?.avatar ?? null) };
      const peer = { address, sealKey };
      const expiry = ports.after(meetingMsMax, () => stop("link-expired"));
      mine = { meeting, account, who, peer, commitment, expiry, isOpened: false };
      show({ step: "waiting", who });
      const isSent = await meeting.send(peer, {
        kind: "familyHello",
        account,
        nonce: meeting.nonce,
        replyTo: meeting.address,
        replySealKey: meeting.sealKey,
        name: ownProfile(engine).name,
        called: name,
      });
      if (isSent) return;
      leave();
      show({ step: "none" });
      throw new ClientError("offline");
    },

    async confirmHelp(same) {
      // @checks ID38
      if (mine?.isOpened !== true) throw new ClientError("link-expired");
      const { meeting, account, who, peer } = mine;
      // @checks ID38
      if (!same) {
        await meeting.send(peer, { kind: "linkStop" });
        return stop("words-differ");
      }
      const row = readPiece(db, account);
      if (row?.piece == null) throw new ClientError("unknown-contact");
      const { nonce } = meeting;
      // not a check: the network's answer.
      if (!(await meeting.send(peer, { kind: "familyPiece", nonce, check: row.check_of, piece: row.piece })))
        throw new ClientError("offline");
      leave();
      show({ step: "done", who });
    },

    async cancelHelp() {
      if (mine !== undefined) await mine.meeting.send(mine.peer, { kind: "linkStop" });
      leave();
      show({ step: "none" });
    },
  };
}
