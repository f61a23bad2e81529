/** A new device, let in by one that is signed in (docs/spec/identity.md ID12–ID15). */
import { type Bytes, concat, type Fields, isEqual, randomBytes, utf8 } from "./bytes.ts";
import { Connection } from "./connection.ts";
import { openNote, sealNote } from "./envelope.ts";
import { depositFrame, type Push } from "./frames.ts";
import { type Account, type Home, historyOf, linkOf, readHistory } from "./identity.ts";
import { hashOf, type KeyPair, keyPairOf, sha256 } from "./signing.ts";
import type { Suite } from "./suite.ts";

export type Showing = {
  readonly link: (link: string) => void;
  /** Four numbers below 64: the person compares the words that they stand for. */
  readonly words: (numbers: readonly number[]) => void;
};

/** The account of another, as its hello says it. */
type Other = { readonly account: Bytes; readonly replyTo: Bytes; readonly replySealKey: Bytes };

export class Meeting {
  packagesWanted = 0;
  private readonly suite: Suite;
  private readonly show: Showing;
  private readonly deviceKey: KeyPair = keyPairOf(randomBytes(32));
  private readonly nonce = randomBytes(16);
  private readonly rendezvous = randomBytes(16);
  private readonly notes: Fields[] = [];
  private told: () => void = () => undefined;
  private connection!: Connection;
  private sealKey!: Bytes;
  private other: Other | undefined;

  private constructor(suite: Suite, show: Showing) {
    this.suite = suite;
    this.show = show;
  }

  /**
   * Opens an address in home's memory (DS25), on a connection of its own (DS50), and shows the link that leads there.
   */
  static async open(suite: Suite, { origin, server }: Home, show: Showing): Promise<Meeting> {
    const meeting = new Meeting(suite, show);
    const pair = await suite.hpke.generateKeyPair();
    meeting.sealKey = new Uint8Array(await suite.hpke.exportPrivateKey(pair.privateKey));
    const publicKey = new Uint8Array(await suite.hpke.exportPublicKey(pair.publicKey));
    meeting.connection = await Connection.open(origin, server, (push) => void meeting.take(push));
    await meeting.connection.call("rendezvous", { address: meeting.rendezvous });
    const opening = concat(meeting.deviceKey.publicKey, meeting.nonce);
    const commitment = sha256(concat(utf8("yanshu link commitment v1\0"), opening));
    show.link(linkOf(origin, ["d", server, meeting.rendezvous, publicKey, commitment]));
    return meeting;
  }

  /** Resolved once the account's list names this device. @throws when what is told does not hold. */
  async account(): Promise<Account> {
    const hello = await this.note("linkHello");
    const [account, theirKey, theirNonce] = [
      hello.bytes("account", 32),
      hello.bytes("deviceKey", 32),
      hello.bytes("nonce", 16),
    ];
    this.mustList(hello, account, theirKey);
    this.other = { account, replyTo: hello.bytes("replyTo", 16), replySealKey: hello.bytes("replySealKey", 32) };
    const { publicKey: deviceKey } = this.deviceKey;
    await this.tell({ kind: "linkReveal", deviceKey, nonce: this.nonce });
    const both = concat(account, theirKey, theirNonce, deviceKey, this.nonce);
    const [first = 0, second = 0, third = 0] = sha256(concat(utf8("yanshu link words v1\0"), both));
    const bits = (first << 16) | (second << 8) | third;
    this.show.words([18, 12, 6, 0].map((shift) => (bits >> shift) & 63));
    const confirmed = await this.note("linkConfirm");
    this.mustList(confirmed, account, deviceKey);
    this.packagesWanted = confirmed.number("packagesWanted");
    const device = hashOf("device", deviceKey);
    return { id: account, device, deviceKey: this.deviceKey, history: historyOf(confirmed.map["history"]) };
  }

  /** The last word: with these packages the other device adds this one everywhere. */
  async ready(keyPackages: readonly Bytes[]): Promise<void> {
    await this.tell({ kind: "linkReady", keyPackages });
    await this.connection.close();
  }

  private mustList(note: Fields, account: Bytes, deviceKey: Bytes): void {
    const list = readHistory(historyOf(note.map["history"]));
    if (!isEqual(list.account, account) || !list.keys.some((key) => isEqual(key, deviceKey)))
      throw new Error("a device that its account does not list");
  }

  private async take({ envelope }: Push): Promise<void> {
    try {
      this.notes.push(await openNote(this.suite, this.sealKey, this.rendezvous, envelope, "meeting"));
    } catch {
      return; // Anybody who saw the link can post here.
    }
    this.told();
  }

  private async note(kind: string): Promise<Fields> {
    for (;;) {
      const found = this.notes.find((note) => note.text("kind") === kind);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.told = resolve;
      });
    }
  }

  private async tell(note: object): Promise<void> {
    if (this.other === undefined) throw new Error("nobody came");
    const { replyTo, replySealKey } = this.other;
    const envelope = await sealNote(this.suite, replySealKey, replyTo, note, "meeting");
    await this.connection.post((request) => depositFrame(request, replyTo, envelope));
  }
}
