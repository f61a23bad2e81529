/** Limits of bodies under the names that the client asks for; each stands in its feature. */
import {
  contactLimits,
  favouriteLimits,
  fileLimits,
  forwardLimits,
  greetingLimits,
  groupCardLimits,
  historyLimits,
  nicknameLimits,
  photoLimits,
  pinLimits,
  pollLimits,
  reactionLimits,
  resendLimits,
  signupLimits,
  syncLimits,
  usernameLimits,
  videoLimits,
  voiceLimits,
} from "./features/index.ts";
import { fieldLimits } from "./fields/ids.ts";
import { mediaFieldLimits } from "./fields/media.ts";
import { noteLimits } from "./fields/people.ts";
import { linkLimits, textLimits } from "./fields/text.ts";

export const bodyLimits = {
  ...fieldLimits,
  greetingMax: greetingLimits.textMax,
  askMax: resendLimits.askMax,
  introducedMax: contactLimits.introducedMax,
  syncItemsMax: syncLimits.itemsMax,
  syncItemBytesMax: syncLimits.itemBytesMax,
  linesMax: historyLimits.linesMax,
} as const;

export const actionLimits = {
  ...fieldLimits,
  ...textLimits,
  ...reactionLimits,
  ...pollLimits,
  ...pinLimits,
  chainNoteMax: signupLimits.noteMax,
  chainLineMax: signupLimits.lineMax,
  chainSeedsMax: signupLimits.seedsMax,
  recordItemsMax: forwardLimits.itemsMax,
  recordBytesMax: forwardLimits.bytesMax,
  recordDepthMax: forwardLimits.depthMax,
  favouriteBytesMax: favouriteLimits.bytesMax,
} as const;

export const cardLimits = linkLimits;
export const groupLimits = {
  nicknameMax: nicknameLimits.nameMax,
  nicknamesMax: nicknameLimits.itemsMax,
  handedSealedMax: historyLimits.sealedMax,
  ...groupCardLimits,
} as const;
export const listLimits = { ...noteLimits, draftMax: fieldLimits.textMax, ...usernameLimits } as const;
export const mediaLimits = {
  ...mediaFieldLimits,
  ...photoLimits,
  fileNameMax: fileLimits.nameMax,
  fileTypeMax: fileLimits.typeMax,
  waveformBarsMax: voiceLimits.waveformBarsMax,
  voiceMsMax: voiceLimits.msMax,
  videoMsMax: videoLimits.msMax,
} as const;
