/**
 * Calls in vectors/calls.json: of each the arguments and the result, with every field that there may be, and with none
 * that may be left out.
 */
import { type Bytes, type CallArgs, type CallName, type CallResult, limits } from "@yanshu/wire";

type Example<N extends CallName> = { readonly args: CallArgs<N>; readonly result: CallResult<N> };

/** A byte string of one byte, repeated: which field is which can be seen in the encoding. */
export function filled(byte: number, length: number): Bytes {
  return new Uint8Array(length).fill(byte);
}

const [account, device, hash] = [filled(0x0a, 32), filled(0x0d, 32), filled(0x0b, 32)];
const [capability, address, signature] = [filled(0x0c, 16), filled(0xaa, 16), filled(0x05, 64)];
const history = { inception: filled(0x1c, 7), entries: [filled(0xe0, 6), filled(0xe1, 6)] };
const uploadToken = { epoch: 2_900, input: filled(0x03, 32), output: filled(0x04, 64) };
const request = filled(0x16, 16);
const segment = filled(0x5e, 12);
const wrap = filled(0x08, limits.passkeyWrapBytes);
const nothing = {};
const greeting = {
  version: 1,
  domain: "yan.example",
  incarnation: filled(0x01, 16),
  nonce: filled(0x02, 32),
  timeMs: 1_800_000_000_000,
};

/** With every field. */
export const whole: { readonly [N in CallName]: Example<N> } = {
  hello: {
    args: { versions: [1], asked: filled(0x09, 32) },
    result: {
      ...greeting,
      calls: true,
      peers: filled(0x0f, 32),
      home: { key: filled(0x0f, 32), proof: signature, before: { key: filled(0x10, 32), signature } },
    },
  },
  register: { args: { token: filled(0x07, 16), inception: filled(0x1c, 7), entry: filled(0xe0, 6) }, result: nothing },
  deleteAccount: { args: nothing, result: nothing },
  signIn: {
    args: { account, device, current: filled(0x11, 16), next: filled(0x12, 16), signature },
    result: { entryCount: 2, keyPackagesLeft: 50 },
  },
  appendEntries: {
    args: { account, entries: [filled(0xe1, 6)], by: { key: filled(0x07, 32), signature } },
    result: nothing,
  },
  ownEntries: { args: { from: 1 }, result: { entries: [filled(0xe1, 6)] } },
  addresses: { args: { add: [address], remove: [filled(0xab, 16)] }, result: nothing },
  keyPackages: {
    args: { add: [{ package: filled(0x07, 3), expiresAtMs: 1_800_000_000_000, lastResort: true }], replace: false },
    result: { left: 50 },
  },
  capabilities: { args: { add: [hash], remove: [filled(0xbb, 32)] }, result: nothing },
  claim: {
    args: { capability, only: [device] },
    result: { account, history, packages: [{ device, package: filled(0x07, 3) }, { device: filled(0x0e, 32) }] },
  },
  pushKey: { args: nothing, result: { key: filled(0x04, limits.pushKeyBytes) } },
  pushSubscribe: {
    args: {
      endpoint: "https://push.example/x",
      key: filled(0x04, limits.pushKeyBytes),
      secret: filled(0x05, limits.pushSecretBytes),
    },
    result: nothing,
  },
  pushUnsubscribe: { args: nothing, result: nothing },
  pushWaking: { args: { add: [address], remove: [] }, result: nothing },
  pushTest: { args: nothing, result: { outcome: "sent" } },
  uploadList: { args: { addresses: [address, filled(0xab, 16)] }, result: { hash } },
  listed: { args: { list: hash }, result: { addresses: [address] } },
  rendezvous: { args: { address }, result: nothing },
  blobTerms: {
    args: nothing,
    result: { epoch: 2_900, publicKey: filled(0x06, 32), bytesMax: 1_073_741_824, days: 30 },
  },
  pay: { args: { token: uploadToken }, result: nothing },
  blobTokens: {
    args: { epoch: 2_900, blinded: [filled(0x0b, 32)] },
    result: { evaluated: [filled(0x0e, 32)], proof: filled(0x0f, 64) },
  },
  setHandle: {
    args: { handle: { tag: hash, record: filled(0x02, limits.handleRecordBytes) } },
    result: nothing,
  },
  findHandle: {
    args: { tag: hash, tokens: [uploadToken, uploadToken, uploadToken, uploadToken] },
    result: { record: filled(0x02, limits.handleRecordBytes) },
  },
  rootEntries: { args: { rootKey: filled(0x07, 32), signature }, result: history },
  keepPasskey: { args: { account, tag: hash, wrap, signature }, result: nothing },
  findPasskey: { args: { tag: hash }, result: { wrap } },
  passkeyState: { args: nothing, result: { isKept: true } },
  keepFamily: { args: { account, signature, kept: { tag: hash, wrap } }, result: nothing },
  askFamily: { args: { tag: hash, request, isNew: true }, result: { state: "given", waitMs: 0, wrap } },
  familyState: { args: nothing, result: { isKept: true, asked: { request, waitMs: 86_400_000 } } },
  stopFamily: { args: { request }, result: nothing },
  keepRecord: { args: { n: 1, entryHash: hash, record: segment }, result: nothing },
  readRecord: { args: nothing, result: { record: segment } },
  vaultState: { args: nothing, result: { isOn: true, start: 3, next: 9, bytes: 4_096, bytesMax: 134_217_728 } },
  vaultSwitch: { args: { isOn: true }, result: nothing },
  vaultAppend: { args: { at: 9, segment }, result: nothing },
  vaultRead: { args: { before: 9 }, result: { segments: [{ at: 8, segment }] } },
  vaultRewrite: { args: { at: 8, was: hash, segment }, result: nothing },
  putHoles: {
    args: {
      tokens: [uploadToken],
      days: 400,
      holes: [
        { secret: filled(0x21, 32), value: filled(0x22, 96) },
        { secret: filled(0x23, 32), value: filled(0x24, 128), was: hash },
      ],
    },
    result: { taken: [1] },
  },
  lookHoles: { args: { starts: filled(0x25, 12) }, result: { found: filled(0x02, 1) } },
  readHoles: {
    args: { names: filled(0x26, 32) },
    result: { values: [filled(0x22, 96), filled(0x00, 0)] },
  },
  clearHoles: { args: { secrets: filled(0x21, 32) }, result: nothing },
  channelTerms: {
    args: nothing,
    result: {
      packKey: filled(0x27, 32),
      month: 684,
      markKeys: [filled(0x28, 32), filled(0x29, 32)],
      filmBytesMax: 268_435_456,
      filmMsMax: 600_000,
      entriesPerDay: 100,
      packSeconds: 3_600,
      publishers: "members",
    },
  },
  channelOpen: { args: { tokens: [uploadToken], entry: filled(0x2a, 9) }, result: nothing },
  channelAppend: { args: { tokens: [uploadToken], entries: [filled(0x2b, 9)] }, result: nothing },
  channelAt: { args: { channel: filled(0x2c, 32) }, result: { seq: 7, hash } },
  filmBegin: {
    args: { film: filled(0x2d, 32), bytes: 40_000, list: filled(0x2e, 64), tokens: [uploadToken] },
    result: { chunks: 0, isWhole: false },
  },
  filmChunks: {
    args: { film: filled(0x2d, 32), at: 8, bytes: filled(0x2f, 12) },
    result: { chunks: 9, isWhole: true },
  },
  channelMark: {
    args: {
      entry: hash,
      what: "like",
      isOn: true,
      month: 684,
      mark: { input: filled(0x03, 32), output: filled(0x04, 64) },
    },
    result: nothing,
  },
  channelMarks: {
    args: { month: 684, blinded: [filled(0x30, 32)] },
    result: { marks: [{ evaluated: filled(0x31, 32), proof: filled(0x32, 64) }] },
  },
  everythingCounts: { args: nothing, result: { tables: [{ table: "devices", rows: 2, bytes: 96 }] } },
  arrive: {
    args: { token: filled(0x07, 16), history, key: filled(0x07, 32), signature, record: segment },
    result: nothing,
  },
  sayHome: { args: { record: segment }, result: nothing },
  homeState: {
    args: nothing,
    result: { isArriving: true, record: segment, leaving: { request, waitMs: 259_200_000 } },
  },
  settle: { args: { record: segment }, result: nothing },
  uploadFarList: {
    args: { entries: [{ server: "yan.example", address }] },
    result: { hash: filled(0x0d, 32), refused: ["north.example"] },
  },
  peerStates: {
    args: { servers: ["north.example"] },
    result: { states: [{ server: "north.example", state: "away", awayMs: 60_000 }] },
  },
  filePart: { args: { id: filled(0x0e, 16), from: 0, length: 131_072 }, result: { status: 206, body: segment } },
  findHome: { args: { capability }, result: { account, history, record: segment } },
  meetingPlaces: { args: nothing, result: { places: ["meet.example"] } },
  reserveOffered: { args: nothing, result: { links: ["https://reserve.example/#i/AAAA"] } },
  homeMoves: { args: nothing, result: { links: ["https://next.example/#i/AAAA"] } },
  putSlip: { args: { tag: filled(0x1a, 16), box: filled(0x1b, 24) }, result: nothing },
  readSlips: { args: { week: 2_950, page: 1 }, result: { slips: [{ tag: filled(0x1a, 16), box: filled(0x1b, 24) }] } },
  leave: { args: { request }, result: { waitMs: 259_200_000 } },
  stopLeaving: { args: { request }, result: nothing },
  leaveNow: { args: { account, signature }, result: nothing },
  everything: {
    args: { from: filled(0x0f, 4) },
    result: { table: "devices", columns: ["number"], rows: [filled(0x01, 2)], isCut: false, next: filled(0x10, 4) },
  },
};

/** Those of which something may be left out, without it. */
export const least: { readonly [N in CallName]?: Partial<Example<N>> } = {
  hello: { args: { versions: [1] }, result: greeting },
  appendEntries: { args: { account, entries: [filled(0xe1, 6)] } },
  claim: { args: { capability } },
  pushKey: { result: {} },
  setHandle: { args: {} },
  findHandle: { result: {} },
  findPasskey: { result: {} },
  keepFamily: { args: { account, signature } },
  askFamily: { result: { state: "waiting", waitMs: 86_400_000 } },
  familyState: { result: { isKept: false } },
  readRecord: { result: {} },
  putHoles: {
    args: { tokens: [uploadToken], days: 2, holes: [{ secret: filled(0x21, 32), value: filled(0x22, 96) }] },
    result: { taken: [] },
  },
  arrive: { args: { token: filled(0x07, 16), history, key: filled(0x07, 32), signature } },
  homeState: { result: { isArriving: false } },
  settle: { args: nothing },
  findHome: { result: { account, history } },
  everything: { args: {}, result: { table: "devices", columns: ["number"], rows: [], isCut: false } },
};
