/** Private messages read by hand, against the library's reading of the same (docs/spec/groups.md GR13, GR3). */
import { expect, test } from "bun:test";
import { utf8 } from "@yanshu/wire";
import fc from "fast-check";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { framedContentTBSEncoder } from "ts-mls/framedContent.js";
import { decodeMlsMessage } from "ts-mls/message.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { decryptSenderData } from "ts-mls/privateMessage.js";
import { createBunCrypto } from "./bun/index.ts";
import { stateOf } from "./group.ts";
import type { Group } from "./index.ts";
import { decodePrivate, openSenderData, signedApplication } from "./private-message.ts";
import { suiteOf } from "./suite.ts";
import { contextOf, privateOf } from "./testing/forger.ts";
import { commits, device, everybodyListed, groupOf } from "./testing/people.ts";

const crypto = createBunCrypto();
const suite = suiteOf(crypto);

async function said() {
  const [ann, ben] = [await device(crypto, "ann"), await device(crypto, "ben")];
  const [a, b] = (await groupOf([ann, ben])) as [Group, Group];
  const text = utf8("早点回家 ".repeat(40));
  const { message } = await ann.mls.protect(a, text);
  const { commit } = await commits(ann, a, {});
  return { ben, b, text, message, commit };
}

test("[GR13] sender, words and what was signed are read as the library reads them", async () => {
  const { ben, b, text, message, commit } = await said();
  const state = stateOf(b);
  for (const bytes of [message, commit]) {
    const framed = decodePrivate(bytes);
    expect(framed).toEqual(privateOf(bytes));
    if (framed === undefined) throw new Error("a PrivateMessage");
    const theirs = await decryptSenderData(framed, state.keySchedule.senderDataSecret, suite);
    expect(await openSenderData(suite, state.keySchedule.senderDataSecret, framed)).toEqual(theirs as never);
  }
  const framed = privateOf(message);
  const { content } = await unprotectPrivateMessage(
    state.keySchedule.senderDataSecret,
    framed,
    state.secretTree,
    state.ratchetTree,
    state.groupContext,
    contextOf(ben).config.keyRetentionConfig,
    suite,
  );
  const tbs = encode(framedContentTBSEncoder)({
    protocolVersion: "mls10",
    wireformat: "mls_private_message",
    content: content.content,
    senderType: "member",
    context: state.groupContext,
  } as never);
  const ours = signedApplication(state.groupContext, framed, 0, text);
  expect(ours.slice(-tbs.length)).toEqual(Uint8Array.from(tbs));
});

test("[GR13] what was read ahead is received as if it had not been, also by a group that is not the one it was read for", async () => {
  const [{ ben, b, text, message }, other] = [await said(), await said()];
  ben.mls.readAhead(b, message);
  other.ben.mls.readAhead(other.b, message); // Not of this group: its secret opens nothing.
  ben.mls.readAhead(b, utf8("no message"));
  expect(await other.ben.mls.receive(other.b, message, everybodyListed)).toMatchObject({ why: "wrong-group" });
  const got = await ben.mls.receive(b, message, everybodyListed);
  expect(got.kind === "application" && got.data).toEqual(text);
  if (got.kind !== "application") throw new Error(got.kind);
  ben.mls.readAhead(got.group, message);
  expect(await ben.mls.receive(got.group, message, everybodyListed)).toMatchObject({ why: "replay" });
  const broken = message.with(message.length - 40, 0xff ^ (message.at(-40) as number));
  ben.mls.readAhead(b, broken);
  expect(await ben.mls.receive(b, broken, everybodyListed)).toMatchObject({ why: "crypto" });
});

test("[GR3] changed and cut bytes are no PrivateMessage, or the one that the library reads", async () => {
  const { message } = await said();
  const librarys = (bytes: Uint8Array) => {
    try {
      const [decoded, length] = decodeMlsMessage(Uint8Array.from(bytes), 0) ?? [];
      const isWhole = decoded?.wireformat === "mls_private_message" && length === bytes.length;
      return isWhole ? decoded.privateMessage : undefined;
    } catch {
      return undefined;
    }
  };
  fc.assert(
    fc.property(fc.nat(message.length - 1), fc.nat(255), fc.boolean(), (at, value, isCut) => {
      const changed = isCut ? message.slice(0, at) : message.with(at, value);
      const ours = decodePrivate(changed);
      if (ours !== undefined) expect(ours).toEqual(librarys(changed) as never);
      else if (librarys(changed) !== undefined) expect(at).toBeLessThan(100); // A length that is not the shortest.
    }),
    { numRuns: 500 },
  );
});
