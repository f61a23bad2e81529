/** WebSocket frames (RFC 6455 §5.2) in one direction of a recorded connection. */

const headEnd = Buffer.from("\r\n\r\n");

/** The payload of each frame after the handshake, unmasked; none when the connection was plain HTTP. */
export function payloadsOf(stream: Buffer): readonly Buffer[] {
  const head = stream.indexOf(headEnd);
  if (head < 0 || !/^upgrade: *websocket/im.test(stream.subarray(0, head).toString("latin1"))) return [];
  const payloads: Buffer[] = [];
  let at = head + headEnd.length;
  while (at + 2 <= stream.length) {
    const second = stream[at + 1] as number;
    const isMasked = (second & 0x80) !== 0;
    let length = second & 0x7f;
    at += 2;
    if (length === 126) {
      if (at + 2 > stream.length) break;
      length = stream.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      if (at + 8 > stream.length) break;
      length = Number(stream.readBigUInt64BE(at));
      at += 8;
    }
    const mask = isMasked ? stream.subarray(at, at + 4) : undefined;
    if (isMasked) at += 4;
    if (at + length > stream.length) break;
    const payload = Buffer.from(stream.subarray(at, at + length));
    if (mask !== undefined)
      for (let i = 0; i < length; i++) payload[i] = (payload[i] as number) ^ (mask[i & 3] as number);
    payloads.push(payload);
    at += length;
  }
  return payloads;
}
