/**
 * Descriptions: what of an SDP (RFC 8866) a call looks at (docs/spec/calls.md CA26, CA27). The server carries it
 * sealed; these rules bind it to the one certificate that its device signed, and take from it what would tell the relay
 * how loud somebody speaks.
 */
import type { Bytes } from "@yanshu/wire";

const fingerprintLine = /^a=fingerprint:(\S+)[ \t]+(\S+)[ \t]*$/gim;

/** The one SHA-256 fingerprint that it names; undefined where it names none, another hash, or two that differ. */
export function fingerprintOf(sdp: string): Bytes | undefined {
  let found: string | undefined;
  for (const [, hash = "", value = ""] of sdp.matchAll(fingerprintLine)) {
    const hex = value.toLowerCase();
    if (hash.toLowerCase() !== "sha-256" || !/^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/.test(hex)) return undefined;
    if (found !== undefined && found !== hex) return undefined;
    found = hex;
  }
  if (found === undefined) return undefined;
  return Uint8Array.from(found.split(":"), (byte) => Number.parseInt(byte, 16));
}

/**
 * As it is given to the browser: without the loudness of each packet, which would travel in clear (RFC 6464), and with
 * voice of a constant size, which says nothing of what is spoken.
 */
export function tamed(sdp: string): string {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  const lines = sdp
    .split(/\r?\n/)
    .filter((line) => !/^a=extmap:\S+ urn:ietf:params:rtp-hdrext:(?:ssrc|csrc)-audio-level/i.test(line));
  const of = new RegExp(`^a=fmtp:${opus} `, "i");
  const has = opus !== undefined && lines.some((line) => of.test(line));
  return lines
    .flatMap((line) => {
      if (opus === undefined) return [line];
      if (of.test(line)) return [constant(line)];
      const isMap = new RegExp(`^a=rtpmap:${opus} `, "i").test(line);
      return isMap && !has ? [line, `a=fmtp:${opus} cbr=1;usedtx=0`] : [line];
    })
    .join("\r\n");
}

function constant(line: string): string {
  const [head = "", ...rest] = line.split(" ");
  const kept = rest
    .join(" ")
    .split(";")
    .map((one) => one.trim())
    .filter((one) => one !== "" && !/^(?:cbr|usedtx)=/i.test(one));
  return `${head} ${[...kept, "cbr=1", "usedtx=0"].join(";")}`;
}
