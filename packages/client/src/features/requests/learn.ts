/**
 * Learns what a request and its answer say about their sender (docs/spec/identity.md ID9, ID24, ID26). Inside a
 * transaction.
 */
import { readContact, readConversation, readMembers, writeHeardContact } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import type { FeatureContext, Said } from "../../feature.ts";
import { storedSource } from "../../values/contact-notes.ts";
import { learnOwnWord, learnRight, peopleTopics } from "../../values/people.ts";

/** Learns their name and picture, and the capability of their card if others may pass it on. */
export function learn(
  { db, own, changed }: FeatureContext,
  { by, body, group, sentAtMs, isOutdone }: Said<"greeting"> | Said<"accept">,
): void {
  const stampMs = isOutdone ? 1 : sentAtMs;
  const { name, avatar, passing } = body;
  if (learnOwnWord(db, by, { name, ...(avatar === undefined ? {} : { avatar }) }, stampMs)) changed(...peopleTopics);
  const isForOne = group?.kind.believesPersonalWords === true;
  if (learnRight(db, own(), { by, isForOne, passing, stampMs })) changed("contacts");
}

/** Learns how they found this person. A claim of a common group is checked against its members. */
export function learnSource({ db }: FeatureContext, { conversation, by, body }: Said<"greeting">): void {
  const { via } = body;
  const peer = readConversation(db, conversation)?.peer;
  // @checks ID26
  if (via === undefined || peer == null || !equalBytes(peer, by)) return;
  // @checks ID26
  if (via.kind === "group" && !readMembers(db, via.conversation).some(({ account }) => equalBytes(account, by))) return;
  // @checks ID26
  if (via.kind === "card" && readContact(db, via.by)?.state !== "contact") return;
  writeHeardContact(db, by, { source: storedSource(via) });
}
