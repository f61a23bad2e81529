/**
 * Features of the content: one line each, and one for a feature's exports. From this list follow all kinds of bodies
 * (body.ts, kinds.ts), marks, synced items (synced.ts) and notes (note.ts).
 */
import { accountDeletion } from "./account-deletion.ts";
import { backup } from "./backup.ts";
import { calls } from "./calls/index.ts";
import { channels } from "./channels.ts";
import { chatSettings } from "./chat-settings.ts";
import { contactCards } from "./contact-cards.ts";
import { contacts } from "./contacts.ts";
import { devices } from "./devices.ts";
import { dice } from "./dice.ts";
import { drafts } from "./drafts.ts";
import { edits } from "./edits.ts";
import { favourites } from "./favourites.ts";
import { files } from "./files.ts";
import { forwarding } from "./forwarding.ts";
import { greetings } from "./greetings.ts";
import { groups } from "./groups.ts";
import { helpers } from "./helpers.ts";
import { history } from "./history.ts";
import { invitations } from "./invitations.ts";
import { linking } from "./linking.ts";
import { live } from "./live/index.ts";
import { moments } from "./moments/index.ts";
import { nicknames } from "./nicknames.ts";
import { packets } from "./packets.ts";
import { pat } from "./pat.ts";
import { photos } from "./photos.ts";
import { pins } from "./pins.ts";
import { places } from "./places.ts";
import { polls } from "./polls.ts";
import { privacy } from "./privacy.ts";
import { programs } from "./programs.ts";
import { reactions } from "./reactions.ts";
import { recall } from "./recall.ts";
import { releaseHeads } from "./release-heads.ts";
import { retransmission } from "./retransmission.ts";
import { services } from "./services.ts";
import { signupList } from "./signup-list.ts";
import { stickers } from "./stickers/index.ts";
import { text } from "./text.ts";
import { usernames } from "./usernames.ts";
import { video } from "./video.ts";
import { voice } from "./voice.ts";

export const contentFeatures = [
  text,
  greetings,
  photos,
  voice,
  video,
  files,
  stickers,
  places,
  contactCards,
  reactions,
  polls,
  dice,
  packets,
  signupList,
  pins,
  forwarding,
  pat,
  calls,
  live,
  edits,
  recall,
  releaseHeads,
  favourites,
  contacts,
  nicknames,
  groups,
  invitations,
  history,
  retransmission,
  devices,
  linking,
  helpers,
  chatSettings,
  drafts,
  privacy,
  usernames,
  backup,
  accountDeletion,
  moments,
  channels,
  programs,
  services,
] as const;

export type { CallMedia, CallOutcome } from "./calls/index.ts";
export * from "./calls/say.ts";
export { channelSaidLimits, type YouthLimits } from "./channels.ts";
export { groupCardLimits } from "./contact-cards.ts";
export { contactLimits, type Person } from "./contacts.ts";
export { syncLimits } from "./devices.ts";
export { favouriteLimits } from "./favourites.ts";
export { fileLimits, givenProgramType } from "./files.ts";
export { forwardLimits, type RecordItem } from "./forwarding.ts";
export { greetingLimits } from "./greetings.ts";
export { type FamilyHelper, familyLimits } from "./helpers.ts";
export { historyLimits } from "./history.ts";
export { liveSecondsMax, liveTitleMax } from "./live/index.ts";
export * from "./live/said.ts";
export { decodeMomentArchive, encodeMomentArchive, type MomentArchive } from "./moments/archive.ts";
export {
  decodeMomentBody,
  encodeMomentBody,
  type MomentBody,
  type MomentKind,
  type MomentPicture,
  type MomentPreviews,
  type MomentVideo,
} from "./moments/body.ts";
export { decodeAudience, encodeAudience, type MomentAudience } from "./moments/index.ts";
export * from "./moments/limits.ts";
export { type Nickname, nicknameLimits } from "./nicknames.ts";
export { packetLimits } from "./packets.ts";
export { type Picture, photoLimits, pictureTypes } from "./photos.ts";
export { type Pin, pinLimits } from "./pins.ts";
export { placeLimits } from "./places.ts";
export { pollLimits } from "./polls.ts";
export { programStateLimits } from "./programs.ts";
export { reactionLimits } from "./reactions.ts";
export { releaseHeadLimits } from "./release-heads.ts";
export { resendLimits } from "./retransmission.ts";
export { serviceLimits } from "./services.ts";
export { signupLimits } from "./signup-list.ts";
export { type Sticker, type StickerType, stickerLimits, stickerTypes } from "./stickers/index.ts";
export * from "./stickers/packs.ts";
export { usernameLimits } from "./usernames.ts";
export { videoLimits, videoTypes } from "./video.ts";
export { voiceLimits, voiceTypes } from "./voice.ts";
