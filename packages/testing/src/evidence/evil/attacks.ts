/** Attacks: all that the evil operator tries, in the order of the table. */
import { injected } from "../claims/injected.ts";
import type { Attack } from "./attack.ts";
import { forked } from "./forked.ts";
import { ghostEntry, ghostInPlace, ghostPackage } from "./ghost-device.ts";
import { ghostWelcome, outsiderCommit, removedCommit } from "./ghost-member.ts";
import { splitList, swappedKey } from "./identity.ts";
import { deniedMember, refusedRemoval } from "./lies.ts";
import { forgedMoments, withheldPost, withheldWord } from "./moments.ts";
import { forgedHistory, forgedRecord } from "./recovery.ts";
import { filledList, revokedDevice, revokedWords } from "./thief.ts";
import { droppedCommit, droppedMessage, replayed } from "./traffic.ts";

export const attacks: readonly Attack[] = [
  ghostPackage,
  ghostInPlace,
  ghostEntry,
  ghostWelcome,
  outsiderCommit,
  removedCommit,
  swappedKey,
  splitList,
  forgedRecord,
  forgedHistory,
  revokedDevice,
  revokedWords,
  filledList,
  droppedMessage,
  droppedCommit,
  replayed,
  injected,
  forgedMoments,
  withheldPost,
  withheldWord,
  forked,
  deniedMember,
  refusedRemoval,
];
