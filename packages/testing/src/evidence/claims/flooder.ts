/**
 * Flooder: somebody with a socket of their own, who sends what no client of ours would, and counts what is answered.
 */
import { decodeServerFrame, encodeCall } from "@yanshu/wire";

export type Answered = { readonly counts: ReadonlyMap<string, number>; readonly connections: number };

const inFlightMax = 2_000;

/**
 * Sends `times` frames that `make` makes, over as many connections as it takes: one that is closed is followed by the
 * next.
 */
export async function flood(
  port: number,
  from: string,
  times: number,
  make: (request: number) => Uint8Array,
): Promise<Answered> {
  const counts = new Map<string, number>();
  const count = (what: string, by = 1) => counts.set(what, (counts.get(what) ?? 0) + by);
  let sent = 0;
  let connections = 0;
  while (sent < times) {
    connections++;
    sent = await onOne(port, from, sent, times, make, count);
  }
  return { counts, connections };
}

async function onOne(
  port: number,
  from: string,
  begin: number,
  times: number,
  make: (request: number) => Uint8Array,
  count: (what: string, by?: number) => void,
): Promise<number> {
  const headers = { "x-forwarded-for": from };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers } as unknown as string[]);
  socket.binaryType = "arraybuffer";
  let [sent, answered] = [begin, begin];
  return new Promise((resolve) => {
    const more = () => {
      while (sent < times && sent - answered < inFlightMax && socket.readyState === WebSocket.OPEN)
        socket.send(make(2 + sent++) as Uint8Array<ArrayBuffer>);
      if (answered >= times) socket.close();
    };
    socket.addEventListener("open", () => {
      socket.send(encodeCall(1, "hello", { versions: [1] }) as Uint8Array<ArrayBuffer>);
      more();
    });
    socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
      const frame = decodeServerFrame(new Uint8Array(data));
      if ((frame.type !== "error" && frame.type !== "ok" && frame.type !== "result") || frame.request === 1) return;
      answered++;
      count(frame.type === "error" ? frame.code : frame.type);
      more();
    });
    socket.addEventListener("close", () => {
      count("cut off", sent - answered);
      resolve(sent);
    });
  });
}
