/** Of whom a piece is kept, and whose word that it is kept counts (docs/spec/identity.md ID37). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { diagnosticCount, readPiece, writeContact } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { clientFeatures } from "../features/index.ts";
import { noteFamily, readFamily } from "../identity/helpers-state.ts";
import { ben, bytes, cat, chatsIn, conversation, type Kind } from "../testing/chat.ts";

const chat = chatsIn(createBunCrypto(), () => openBunDatabase(":memory:"), clientFeatures);

const [check, otherCheck] = [bytes(4, 16), bytes(5, 16)];
const piece = bytes(6, 33);
const sealed = [{ reader: bytes(7, 32), sealed: bytes(8, 60) }];

test("[ID37] a piece is kept of a contact, that gave it in the chat of two, and could be opened", async () => {
  const kept = async (how: { kind?: Kind; by?: "own"; isOpen?: boolean; isContact?: boolean }) => {
    const { db, ann, bens, hears } = await chat(how.kind ?? "direct");
    for (const account of [ben, ann.account])
      if (how.isContact !== false) writeContact(db, account, { state: "contact" }, 1);
    const by = how.by === "own" ? ann : bens;
    hears({ kind: "familyPiece", stampMs: 1, check, sealed, ...(how.isOpen === false ? {} : { piece }) }, {}, by);
    expect(diagnosticCount(db, "family-piece-unopenable")).toBe(how.isOpen === false ? 1 : 0);
    return readPiece(db, by.account) !== undefined;
  };
  expect(await kept({})).toBe(true);
  expect([await kept({ kind: "group" }), await kept({ by: "own" })]).toEqual([false, false]);
  expect([await kept({ isOpen: false }), await kept({ isContact: false })]).toEqual([false, false]);
});

test("[ID37] a piece is let go by its own check, and by no other", async () => {
  const { db, bens, hears } = await chat("direct");
  writeContact(db, bens.account, { state: "contact" }, 1);
  hears({ kind: "familyPiece", stampMs: 1, check, sealed, piece });
  hears({ kind: "familyPiece", stampMs: 2, check: otherCheck, sealed: [] });
  expect(readPiece(db, ben)?.piece).toEqual(piece);
  hears({ kind: "familyPiece", stampMs: 3, check, sealed: [] });
  expect(readPiece(db, ben)?.piece).toBeNull();
});

test("[ID37] a piece that an own device took back, where the choice stands, is not shown as kept", async () => {
  const { db, ann, hears } = await chat("direct");
  const helpers = [ben, cat].map((account) => ({ account, isKept: true }));
  noteFamily(db, { stampMs: 1, check, helpers });
  const keeping = () => readFamily(db)?.helpers.map(({ isKept }) => isKept);
  hears({ kind: "familyPiece", stampMs: 2, check: otherCheck, sealed: [] }, {}, ann);
  expect(keeping()).toEqual([true, true]);
  hears({ kind: "familyPiece", stampMs: 3, check, sealed: [] }, {}, ann);
  expect(keeping()).toEqual([false, true]);
});

test("[ID37] that a piece is kept is believed of who was chosen, in the chat of two, of this choice, and said once", async () => {
  const told = async (how: {
    kind?: Kind;
    check?: Uint8Array;
    helper?: Uint8Array;
    isKept?: boolean;
    none?: boolean;
  }) => {
    const { db, hears } = await chat(how.kind ?? "direct");
    const helpers = [
      { account: how.helper ?? ben, isKept: how.isKept ?? false },
      { account: bytes(62, 32), isKept: false },
    ];
    if (how.none !== true) noteFamily(db, { stampMs: 1, check, helpers });
    hears({ kind: "familyPieceKept", check: how.check ?? check });
    const { n } = db.get<{ n: number }>("SELECT count(*) AS n FROM messages WHERE conversation = ?", conversation) ?? {
      n: 0,
    };
    return [readFamily(db)?.helpers[0]?.isKept, n];
  };
  expect(await told({})).toEqual([true, 1]);
  expect(await told({ kind: "group" })).toEqual([false, 0]);
  expect(await told({ check: otherCheck })).toEqual([false, 0]);
  expect(await told({ helper: cat })).toEqual([false, 0]);
  expect(await told({ isKept: true })).toEqual([true, 0]);
  expect(await told({ none: true })).toEqual([undefined, 0]);
});

test("[ID37] the later choice counts, and of one choice whatever any device heard", async () => {
  const { db } = await chat("own");
  const note = (stampMs: number, bens: boolean, cats: boolean) =>
    noteFamily(db, {
      stampMs,
      check: bytes(stampMs, 16),
      helpers: [
        { account: ben, isKept: bens },
        { account: cat, isKept: cats },
      ],
    });
  expect([note(2, true, false), note(1, true, true), readFamily(db)?.stampMs]).toEqual([true, false, 2]);
  expect([note(2, true, false), note(2, false, false), note(2, false, true)]).toEqual([false, false, true]);
  expect(readFamily(db)?.helpers.map(({ isKept }) => isKept)).toEqual([true, true]);
  expect(note(3, false, false)).toBe(true);
});
