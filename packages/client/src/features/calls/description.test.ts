import { expect, test } from "bun:test";
import { fingerprintOf, tamed } from "./description.ts";

const print = Array.from({ length: 32 }, (_, i) => (i + 160).toString(16).toUpperCase()).join(":");
const other = print.replace("A0", "00");
const sdp = (...lines: string[]) => ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", ...lines, ""].join("\r\n");

test("[CA26] a description names one SHA-256 fingerprint, as often as it likes; anything else is none", () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i + 160);
  const line = (value: string, hash = "sha-256") => `a=fingerprint:${hash} ${value}`;
  expect(fingerprintOf(sdp(line(print)))).toEqual(bytes);
  expect(fingerprintOf(sdp(line(print), line(print.toLowerCase())))).toEqual(bytes);
  expect(fingerprintOf(sdp(line(print), line(other)))).toBeUndefined();
  expect(fingerprintOf(sdp(line(print), line(print, "sha-1")))).toBeUndefined();
  expect(fingerprintOf(sdp(line(print.slice(3))))).toBeUndefined();
  expect(fingerprintOf(sdp(line(`${print}:00`)))).toBeUndefined();
  expect(fingerprintOf(sdp())).toBeUndefined();
});

test("[CA27] what the browser is given says nothing of how loud somebody is, and keeps voice of one size", () => {
  const before = sdp(
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1;cbr=0",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:14/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level",
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    `a=fingerprint:sha-256 ${print}`,
  );
  const after = tamed(before);
  expect(after).not.toContain("audio-level");
  expect(after).toContain("a=extmap:3 http");
  expect(after).toContain("a=fmtp:111 minptime=10;useinbandfec=1;cbr=1;usedtx=0\r\n");
  expect(fingerprintOf(after)).toEqual(fingerprintOf(before));
  expect(tamed(after)).toBe(after);
  expect(tamed(sdp("a=rtpmap:96 opus/48000/2"))).toContain("a=rtpmap:96 opus/48000/2\r\na=fmtp:96 cbr=1;usedtx=0\r\n");
  expect(tamed(sdp("a=rtpmap:0 PCMU/8000"))).toBe(sdp("a=rtpmap:0 PCMU/8000"));
});
