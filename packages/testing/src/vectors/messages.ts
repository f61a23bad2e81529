/**
 * Bodies, what own devices tell each other, and notes in vectors/messages.json: of each kind one with every field, and
 * the least.
 */
import type { Body, Message, Note, SyncItem } from "@yanshu/content";
import { filled } from "./calls.ts";

const [account, other, device, conversation] = [filled(0x0a, 32), filled(0x0b, 32), filled(0x0d, 32), filled(0x07, 32)];
const [id, capability, address, signature] = [filled(0x1d, 16), filled(0x0c, 16), filled(0xaa, 16), filled(0x05, 64)];
const [sentAtMs, stampMs] = [1_800_000_000_000, 1_800_000_000_001];
const history = { inception: filled(0x1c, 7), entries: [filled(0xe0, 6)] };
const avatar = filled(0xfa, 4);
const blob = {
  server: "yan.example",
  id: filled(0xb1, 16),
  key: filled(0x4e, 32),
  bytes: 4_096,
  expiresDay: 20_900,
  layers: [filled(0x1a, 32)],
};
const { layers: _layers, ...plainBlob } = blob;
const named = { author: account, id };
const pin = { ...named, by: other, on: true, atMs: sentAtMs, of: "text", words: "eight o'clock?", stampMs };

export const bodies: readonly Body[] = [
  { kind: "text", text: "八点？" },
  {
    kind: "text",
    text: "@Ben see https://yan.example/",
    quote: { author: account, id, of: "text", words: "eight o'clock?" },
    mentions: [
      { at: 0, length: 4, account },
      { at: 5, length: 3 },
    ],
    link: { url: "https://yan.example/", title: "Yanshu", thumb: filled(0x7b, 4) },
  },
  { kind: "greeting", text: "I am Ann from choir", name: "Ann" },
  { kind: "greeting", text: "", name: "Ann", avatar, passing: capability, via: { kind: "group", conversation } },
  { kind: "greeting", text: "", name: "Ann", via: { kind: "card", by: other } },
  { kind: "greeting", text: "", name: "Ann", via: { kind: "link" } },
  { kind: "greeting", text: "", name: "Ann", via: { kind: "scan" } },
  { kind: "greeting", text: "", name: "Ann", via: { kind: "name" } },
  { kind: "accept", name: "Ben" },
  { kind: "accept", name: "Ben", avatar, passing: capability },
  { kind: "profile", name: "Ben" },
  { kind: "profile", name: "Ben", avatar, passing: capability, pat: "on the shoulder" },
  {
    kind: "introduce",
    people: [
      { account, name: "Ann" },
      { account: other, name: "Ben", avatar },
    ],
  },
  { kind: "leave" },
  { kind: "resendRequest", device, seqs: [3, 4] },
  { kind: "resend", seq: 3, message: filled(0xa9, 5) },
  { kind: "sealedResend", seq: 3, reader: device, sealed: filled(0x5e, 5) },
  { kind: "unavailable", seqs: [4] },
  {
    kind: "photos",
    caption: "Mooncakes",
    pictures: [
      { type: "image/webp", width: 4, height: 3, placeholder: filled(0x9a, 4), inline: filled(0x1f, 5) },
      {
        type: "image/jpeg",
        width: 4_000,
        height: 3_000,
        placeholder: filled(0x9a, 4),
        blob,
        original: { type: "image/jpeg", blob: plainBlob },
      },
    ],
  },
  { kind: "voice", type: "audio/webm", ms: 2_000, waveform: filled(0x20, 8), inline: filled(0x1f, 5) },
  { kind: "voice", type: "audio/mp4", ms: 60_000, waveform: filled(0x20, 8), blob: plainBlob },
  {
    kind: "video",
    type: "video/mp4",
    ms: 9_000,
    width: 720,
    height: 1_280,
    placeholder: filled(0x9a, 4),
    poster: filled(0x90, 5),
    blob: plainBlob,
  },
  { kind: "file", name: "list.pdf", type: "application/pdf", blob: plainBlob },
  { kind: "card", account, name: "Ann", server: "yan.example", capability, history },
  { kind: "card", account, name: "Ann", server: "yan.example", capability, history, avatar },
  { kind: "groupCard", name: "Dinner", link: "#g/iGFn" },
  { kind: "sticker", name: "拜年", packed: { pack: "goose", sticker: "new-year", emoji: "🧧" } },
  {
    kind: "sticker",
    name: "",
    picture: { type: "image/webp", width: 240, height: 240, bytes: filled(0x1f, 5) },
  },
  { kind: "location", name: "the church hall" },
  { kind: "location", name: "", fromSouth: 127_774_900, fromWest: 57_580_600 },
  { kind: "recall", id },
  { kind: "edit", id, text: "nine o'clock?" },
  { kind: "edit", id, text: "@Ben nine?", mentions: [{ at: 0, length: 4, account }] },
  { kind: "react", ...named, emoji: "👍", on: true },
  { kind: "pat", who: account, suffix: "on the shoulder" },
  { kind: "poll", question: "Where?", options: ["home", "church"], multiple: false, anonymous: true },
  {
    kind: "poll",
    question: "Where?",
    options: ["home", "church"],
    multiple: false,
    anonymous: true,
    closesAtMs: stampMs,
  },
  { kind: "vote", ...named, choices: [1] },
  { kind: "chain", title: "Dumplings", note: "Sunday", seeds: ["Ann: 20"] },
  { kind: "line", ...named, key: filled(0x4b, 16), text: "Ben: 30" },
  {
    kind: "record",
    names: ["Ann", "Ben"],
    items: [
      { name: "Ann", atMs: sentAtMs, body: filled(0xb0, 4) },
      { name: "Ben", atMs: sentAtMs, body: new Uint8Array(), of: "poll" },
    ],
  },
  { kind: "pins", items: [pin], retold: false },
  { kind: "nicknames", items: [{ account, name: "Grandma", stampMs }], retold: true },
  { kind: "turnedAway", account, askedMs: sentAtMs },
  { kind: "handed", account, place: 0, sealed: [{ reader: device, sealed: filled(0x5e, 5) }] },
  { kind: "familyPiece", stampMs, check: filled(0xc4, 16), sealed: [{ reader: device, sealed: filled(0x5e, 5) }] },
  { kind: "familyPieceKept", check: filled(0xc4, 16) },
  { kind: "sync", items: [filled(0x51, 4)], complete: true },
];

export const items: readonly SyncItem[] = [
  { kind: "profile", name: "Ben", stampMs },
  { kind: "profile", name: "Ben", stampMs, avatar, pat: "on the shoulder", isNotPassedOn: true },
  { kind: "contact", account, name: "Ann", remark: "", state: "contact", verified: "none", history, stampMs },
  {
    kind: "contact",
    account,
    name: "Ann",
    remark: "Auntie Ann",
    state: "contact",
    verified: "scanned",
    history,
    stampMs,
    avatar,
    passing: capability,
    founding: 2,
    phone: "+1 555 0100",
    description: "",
    isStarred: true,
    tags: ["choir"],
    via: { kind: "scan" },
  },
  { kind: "person", account, name: "Ann", stampMs },
  { kind: "person", account, name: "Ann", stampMs, avatar },
  { kind: "conversation", conversation, state: "open", stampMs },
  { kind: "read", conversation, upToMs: sentAtMs, stampMs },
  { kind: "capability", capability, stampMs },
  { kind: "mark", conversation, mark: "pinned", isOn: true, stampMs },
  { kind: "clear", conversation, upToMs: sentAtMs, stampMs },
  { kind: "draft", conversation, text: "eight", stampMs },
  { kind: "privacy", takesLink: true, takesGroups: false, stampMs },
  { kind: "privacy", takesLink: true, takesGroups: false, stampMs, relaysCalls: true },
  { kind: "handle", handle: "ben", isFound: true, stampMs },
  { kind: "deviceName", device, made: "Firefox", name: "kitchen", sinceMs: sentAtMs, stampMs },
  { kind: "favourite", id, on: true, stampMs, name: "Ann", atMs: sentAtMs, body: filled(0xb0, 4) },
  { kind: "favourite", id, on: false, stampMs },
  { kind: "sticker", id, on: true, place: 3, stampMs, body: filled(0xb0, 4) },
  { kind: "sticker", id, on: false, place: 3, stampMs },
  {
    kind: "lines",
    conversation,
    lines: [{ id, author: account, atMs: sentAtMs, order: filled(0x0f, 7), line: "{}" }],
  },
  { kind: "vault", isOn: true, stampMs },
  { kind: "vaultKeys", keys: [{ epoch: 1, key: filled(0x4e, 32) }], begins: [{ epoch: 1, at: 9 }] },
  {
    kind: "vaultKeys",
    keys: [{ epoch: 1, key: filled(0x4e, 32) }],
    begins: [{ epoch: 1, at: 9 }],
    formers: [{ epoch: 0, key: filled(0x04, 32) }],
  },
  { kind: "recordMore", stampMs, more: [{ type: 7, data: filled(0x07, 3) }] },
  { kind: "family", stampMs, check: filled(0xc4, 16), helpers: [{ account: other, isKept: true }] },
  { kind: "keptPiece", account, stampMs, check: filled(0xc4, 16) },
  { kind: "keptPiece", account, stampMs, check: filled(0xc4, 16), piece: filled(0x01, 33) },
  { kind: "erased", stampMs },
];

export const notes: readonly Note[] = [
  { kind: "welcome", tag: filled(0x7a, 16), key: filled(0x4e, 32) },
  {
    kind: "resync",
    conversation,
    reason: 1,
    founding: 1,
    epoch: 5,
    askedMs: sentAtMs,
    history,
    device,
    keyPackage: filled(0x4b, 6),
    signature,
  },
  { kind: "place", conversation, askedMs: sentAtMs, leaf: address },
  {
    kind: "notAMember",
    conversation,
    founding: 1,
    gate: filled(0x6a, 32),
    reader: device,
    askedMs: 0,
    history,
    device: filled(0x0e, 32),
    signature,
  },
  {
    kind: "join",
    secret: filled(0x5c, 16),
    name: "Ben",
    askedMs: sentAtMs,
    history,
    device,
    keyPackages: [filled(0x4b, 6)],
    signature,
  },
  { kind: "answer", verdict: "waiting" },
  {
    kind: "linkHello",
    account,
    history,
    deviceKey: filled(0x04, 32),
    nonce: filled(0x02, 16),
    replyTo: address,
    replySealKey: filled(0x06, 32),
    name: "Ben",
  },
  { kind: "linkReveal", deviceKey: filled(0x04, 32), nonce: filled(0x02, 16) },
  { kind: "linkConfirm", history, packagesWanted: 4 },
  { kind: "linkReady", keyPackages: [filled(0x4b, 6)] },
  {
    kind: "familyHello",
    account,
    nonce: filled(0x02, 16),
    replyTo: address,
    replySealKey: filled(0x06, 32),
    name: "Ann",
    called: "Ben",
  },
  { kind: "familyReveal", nonce: filled(0x02, 16) },
  { kind: "familyPiece", nonce: filled(0x02, 16), check: filled(0xc4, 16), piece: filled(0x01, 33) },
  { kind: "linkStop" },
];

const outer = { id, seq: 1, seen: [], authenticator: filled(0xe9, 16), sentAtMs };

/** Whole messages: one with the least, one that is a signal, and two of a kind that this version does not know. */
export const messages: readonly {
  readonly name: string;
  readonly message: Omit<Message, "disposition"> & Partial<Message>;
}[] = [
  { name: "a text", message: { ...outer, body: { kind: "text", text: "八点？" } } },
  {
    name: "an acceptance, after two senders were heard",
    message: {
      ...outer,
      seq: 2,
      seen: [
        { device, seq: 7 },
        { device: filled(0x0e, 32), seq: 1 },
      ],
      body: { kind: "accept", name: "Ben" },
    },
  },
  {
    name: "a notice of a later version, with what it says",
    message: {
      ...outer,
      disposition: "notice",
      fallback: "Ann rolled a six",
      // {"kind": "dice", "rolled": 6}
      body: { kind: "unknown", bytes: Uint8Array.fromHex("a2646b696e64646469636566726f6c6c656406") },
    },
  },
];
