/**
 * Kinds that the core gives a meaning, by the room that does. What stands here belongs to no feature, because something
 * that features never see rests on it (docs/decisions/0047-what-stays-core.md):
 *
 * - `messages`: who is in a group, as MLS has it (profile, introduce, leave); what is missed and said again
 *   (resendRequest,
 *   resend, sealedResend, unavailable); what own devices tell one another, and with whom this account writes (sync, contact, person,
 *   conversation, lines, capability);
 * - `groups`: who may come in (turnedAway);
 * - `history`: parts of what was said before, sealed to the leaves of newcomers (handed);
 * - `recovery`: pieces of the master key (familyPiece, familyPieceKept, family, keptPiece);
 * - `backup`: keys of the vault, and what its record holds (vault, vaultKeys, recordMore).
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
