/**
 * Descriptions for the library that ends DTLS (docs/spec/calls.md CA82), made of numbers: nothing that a client wrote
 * gets into them but what was checked.
 */
import type { JoinMedia, MediaAnswer } from "@yanshu/wire";

function fingerprintText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

/**
 * One line of media, over which all of a seat's media comes. The library is to be the DTLS client, as an answerer is
 * (RFC 5763 §5).
 */
export function offerOf({ ufrag, pwd, fingerprint, opus }: JoinMedia): string {
  return [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    `m=audio 9 UDP/TLS/RTP/SAVPF ${opus}`,
    "c=IN IP4 0.0.0.0",
    "a=mid:0",
    "a=sendrecv",
    "a=rtcp-mux",
    `a=rtpmap:${opus} opus/48000/2`,
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:sha-256 ${fingerprintText(fingerprint)}`,
    "a=setup:actpass",
    "",
  ].join("\r\n");
}

/** @throws Error where the library's description lacks one of them. */
export function mediaAnswerOf(sdp: string, slots: MediaAnswer["slots"]): MediaAnswer {
  const of = (pattern: RegExp): string => {
    const found = pattern.exec(sdp)?.[1];
    if (found === undefined) throw new Error("a description without ICE or a certificate");
    return found;
  };
  const hex = of(/^a=fingerprint:sha-256 ([0-9A-F:]{95})\r?$/im);
  return {
    ufrag: of(/^a=ice-ufrag:(\S+)\r?$/m),
    pwd: of(/^a=ice-pwd:(\S+)\r?$/m),
    fingerprint: Uint8Array.from(hex.split(":"), (byte) => Number.parseInt(byte, 16)),
    slots,
  };
}
