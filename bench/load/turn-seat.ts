/**
 * A seat at a TURN server (RFC 8656), ours or another's, as a browser takes one: an allocation, and a channel to
 * another seat.
 */
import {
  type Attribute,
  attributes,
  buildStun,
  classes,
  longTermKey,
  methods,
  parseStun,
  readXorPlace,
  type Stun,
  xorPlace,
} from "@yanshu/server/relay";

type Place = NonNullable<ReturnType<typeof readXorPlace>>;
export type TurnAccess = { readonly port: number; readonly username: string; readonly credential: string };

export class TurnSeat {
  relayed: Place = { ip: new Uint8Array(4), port: 0 };
  received = 0;
  private readonly access: TurnAccess;
  private readonly waiting = new Map<string, (answer: Stun) => void>();
  private socket!: Bun.udp.ConnectedSocket<"buffer">;
  private realm = "";
  private nonce: Uint8Array = new Uint8Array();

  private constructor(access: TurnAccess) {
    this.access = access;
  }

  /** @param from the loopback address that it sends from. */
  static async take(access: TurnAccess, from: string): Promise<TurnSeat> {
    const seat = new TurnSeat(access);
    seat.socket = await Bun.udpSocket({
      hostname: from,
      port: 0,
      binaryType: "buffer",
      connect: { hostname: "127.0.0.1", port: access.port },
      socket: { data: (_socket, packet) => seat.heard(packet), error: () => undefined },
    });
    const transport: Attribute = [attributes.transport, Uint8Array.of(17, 0, 0, 0)];
    const refused = await seat.ask(methods.allocate, () => [transport], false);
    seat.realm = refused.attributes.get(attributes.realm)?.toString() ?? "yanshu";
    seat.nonce = Uint8Array.from(refused.attributes.get(attributes.nonce) ?? []);
    const answer = await seat.ask(methods.allocate, () => [transport]);
    const relayed = answer.attributes.get(attributes.relayed);
    const place = relayed && readXorPlace(relayed, answer.id);
    if (place === undefined) throw new Error("the relay gives no seat");
    seat.relayed = place;
    return seat;
  }

  /** What goes into this channel comes out at the other seat. */
  async bind(number: number, other: Place): Promise<void> {
    const channel = Uint8Array.of(number >> 8, number & 255, 0, 0);
    const answer = await this.ask(methods.channel, (id) => [
      [attributes.channel, channel],
      [attributes.peer, xorPlace(other, id)],
    ]);
    if (answer.class !== classes.success) throw new Error("the relay gives no channel");
  }

  /** Returns how many the system took. */
  send(packets: readonly Uint8Array<ArrayBuffer>[]): number {
    return this.socket.sendMany([...packets]);
  }

  close(): void {
    this.socket.close();
  }

  private heard(packet: Buffer): void {
    if ((packet[0] as number) >= 0x40) {
      this.received++;
      return;
    }
    const answer = parseStun(Buffer.from(packet));
    if (answer !== undefined) this.waiting.get(answer.id.toString("hex"))?.(answer);
  }

  /** @param list what it asks, made for the id of the request. */
  private async ask(method: number, list: (id: Buffer) => readonly Attribute[], isSigned = true): Promise<Stun> {
    const { username, credential } = this.access;
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(12)));
    const proof: readonly Attribute[] = [
      [attributes.username, Buffer.from(username)],
      [attributes.realm, Buffer.from(this.realm)],
      [attributes.nonce, this.nonce],
    ];
    const key = isSigned ? longTermKey(username, this.realm, credential) : undefined;
    const request = buildStun({ method, class: classes.request, id }, [...list(id), ...(isSigned ? proof : [])], key);
    const name = id.toString("hex");
    for (let tries = 0; tries < 20; tries++) {
      const came = new Promise<Stun>((resolve) => this.waiting.set(name, resolve));
      this.socket.send(request);
      const answer = await Promise.race([came, Bun.sleep(100).then(() => undefined)]);
      if (answer !== undefined) {
        this.waiting.delete(name);
        return answer;
      }
    }
    throw new Error("the relay does not answer");
  }
}

export function channelData(number: number, bytes: number): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(4 + bytes);
  new DataView(packet.buffer).setUint16(0, number);
  new DataView(packet.buffer).setUint16(2, bytes);
  return packet;
}
