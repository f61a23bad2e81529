/**
 * The kinds of messages that the core handles, by room. They belong to no feature, because something that features
 * never see depends on them (docs/decisions/0047-what-stays-core.md):
 *
 * - `messages`: who is in a group (profile, introduce, leave); messages that were missed and are sent again
 *   (resendRequest, resend, sealedResend, unavailable); what own devices tell each other, and with whom this account
 *   writes (sync, contact, person, conversation, lines, capability);
 * - `groups`: who may come in (turnedAway);
 * - `history`: earlier messages, sealed to the leaves of new members (handed);
 * - `recovery`: pieces of the master key (familyPiece, familyPieceKept, family, keptPiece);
 * - `backup`: keys of the vault, and contents of the recovery record (vault, vaultKeys, recordMore).
 */
import { vaultSynced } from "./backup/setting.ts";
import type { CoreKinds, CoreSynced } from "./core/engine.ts";
import type { Kind } from "./feature.ts";
import { groupKinds } from "./groups/kinds.ts";
import { historyKinds } from "./history/kinds.ts";
import { familySynced } from "./identity/helpers-state.ts";
import { messageKindsOfCore } from "./messages/apply.ts";
import { accountSynced } from "./messages/own-devices.ts";
import { familyKinds } from "./recovery/helper-pieces.ts";

export const coreBodies: CoreKinds = { ...messageKindsOfCore, ...groupKinds, ...historyKinds, ...familyKinds };
export const coreSynced: CoreSynced = { ...accountSynced, ...familySynced, ...vaultSynced };

const { unknown: _, ...known } = coreBodies;
export const coreKinds = [...new Set([...Object.keys(known), ...Object.keys(coreSynced)])] as readonly Kind[];
