/**
 * Recorder: stands between one device and the server, as a wiretap does, and keeps every byte of
 * both directions. Each has its own source address.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { payloadsOf } from "./websocket.ts";

export type Recording = { readonly toServer: Buffer[]; readonly toClient: Buffer[] };

export class Recorder {
  readonly recordings: Recording[] = [];
  private readonly listener: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(listener: Server) {
    this.listener = listener;
  }

  /** @param from such as `127.0.0.31`: what the server sees the connections come from. */
  static async start(serverPort: number, from: string): Promise<Recorder> {
    const listener = createServer();
    const recorder = new Recorder(listener);
    listener.on("connection", (client) => recorder.join(client, serverPort, from));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return recorder;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Every connection's bytes, each direction in one piece. */
  raw(): readonly Buffer[] {
    return this.recordings.flatMap(({ toServer, toClient }) => [Buffer.concat(toServer), Buffer.concat(toClient)]);
  }

  /** What the WebSocket frames carried, unmasked. */
  payloads(): { readonly toServer: readonly Buffer[]; readonly toClient: readonly Buffer[] } {
    return {
      toServer: this.recordings.flatMap(({ toServer }) => payloadsOf(Buffer.concat(toServer))),
      toClient: this.recordings.flatMap(({ toClient }) => payloadsOf(Buffer.concat(toClient))),
    };
  }

  /** What was recorded until now is let go. */
  forget(): void {
    for (const { toServer, toClient } of this.recordings) {
      toServer.length = 0;
      toClient.length = 0;
    }
  }

  stop(): void {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket, port: number, from: string): void {
    const recording: Recording = { toServer: [], toClient: [] };
    this.recordings.push(recording);
    const server = connect({ port, host: "127.0.0.1", localAddress: from });
    const pipe = (source: Socket, sink: Socket, kept: Buffer[]) => {
      this.sockets.add(source);
      source.on("data", (bytes: Buffer) => {
        kept.push(Buffer.from(bytes));
        sink.write(bytes);
      });
      source.on("close", () => {
        this.sockets.delete(source);
        sink.destroy();
      });
      source.on("error", () => sink.destroy());
    };
    pipe(client, server, recording.toServer);
    pipe(server, client, recording.toClient);
  }
}
