/**
 * @yanshu/content: what lies inside the envelope. The server never imports it, so it cannot read it.
 */
export { actionLimits, type Mention, type Pin, type Quote, type RecordItem } from "./bodies/actions.ts";
export { cardLimits, type LinkCard } from "./bodies/cards.ts";
export { type FamilyHelper, familyLimits } from "./bodies/family.ts";
export { groupLimits, type Nickname } from "./bodies/groups.ts";
export { listLimits, type Via } from "./bodies/lists.ts";
export * from "./bodies/media.ts";
export { placeLimits } from "./bodies/place.ts";
export { type Sticker, type StickerType, stickerLimits, stickerTypes } from "./bodies/stickers.ts";
export { type VaultFormer, vaultFormersMax, vaultKeyBytes, vaultKeysMax } from "./bodies/vault.ts";
export * from "./body.ts";
export * from "./card-words.ts";
export * from "./handed-history.ts";
export * from "./kinds.ts";
export * from "./link-card.ts";
export * from "./long-text.ts";
export * from "./message.ts";
export * from "./note.ts";
export * from "./recovery-record.ts";
export * from "./sticker-packs.ts";
export * from "./vault-segment.ts";
