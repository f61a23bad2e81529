/** The features that the client ships with: one line each. Their order means nothing. */
import { accountDeletion } from "./account-deletion.ts";
import { announcements } from "./announcements.ts";
import { articles } from "./articles/index.ts";
import { calls } from "./calls/index.ts";
import { channels } from "./channels/index.ts";
import { chatSettings } from "./chat-settings.ts";
import { contactCards } from "./contact-cards.ts";
import { contactNotes } from "./contact-notes.ts";
import { contacts } from "./contacts.ts";
import { deletion } from "./deletion.ts";
import { devices } from "./devices.ts";
import { dice } from "./dice.ts";
import { drafts } from "./drafts.ts";
import { edits } from "./edits.ts";
import { exporting } from "./export.ts";
import { forwarding } from "./forwarding.ts";
import { groups } from "./groups.ts";
import { importing } from "./importing.ts";
import { invitations } from "./invitations/index.ts";
import { live } from "./live/index.ts";
import { media } from "./media.ts";
import { moments } from "./moments/index.ts";
import { nicknames } from "./nicknames.ts";
import { packets } from "./packets/index.ts";
import { pat } from "./pat.ts";
import { pins } from "./pins.ts";
import { places } from "./places.ts";
import { polls } from "./polls.ts";
import { privacy } from "./privacy.ts";
import { profile } from "./profile.ts";
import { programs } from "./programs/index.ts";
import { push } from "./push.ts";
import { reactions } from "./reactions.ts";
import { recall } from "./recall.ts";
import { releaseHeads } from "./release-heads.ts";
import { requests } from "./requests/index.ts";
import { search } from "./search/index.ts";
import { services } from "./services.ts";
import { signupList } from "./signup-list.ts";
import { stickers } from "./stickers.ts";
import { storage } from "./storage.ts";
import { text } from "./text.ts";
import { unread } from "./unread.ts";
import { usernames } from "./usernames.ts";

export type {
  AccountMenuButton,
  AccountRef,
  AccountView,
  ArticleBlockView,
  ArticleDraft,
  ArticleDraftPicture,
  ArticlePicture,
  ArticleRow,
  ArticleSpan,
  ArticlesView,
  ArticleView,
} from "./articles/index.ts";
export type {
  CallNow,
  CallsView,
  FrameKeysView,
  GroupCallNow,
  GroupCallPerson,
  GroupCallsView,
  JoinMedia,
  MediaAnswer,
  RelayAccess,
  WantSlots,
} from "./calls/index.ts";
export type {
  ChannelAskingView,
  ChannelAuthorsView,
  ChannelCommentsView,
  ChannelCommentView,
  ChannelDecisionView,
  ChannelDomainView,
  ChannelFileView,
  ChannelFilmDraft,
  ChannelFilmView,
  ChannelGap,
  ChannelHit,
  ChannelLevel,
  ChannelPicture,
  ChannelPicturesDraft,
  ChannelProfile,
  ChannelRef,
  ChannelsClosed,
  ChannelsFeedView,
  ChannelsFound,
  ChannelsLogView,
  ChannelsMineView,
  ChannelsSettingsView,
  ChannelsTab,
  ChannelsYouthView,
  ChannelTopic,
  ChannelView,
  ChannelWardView,
  ChannelWhy,
} from "./channels/index.ts";
export type { VersionView } from "./edits.ts";
export type { ExportHead, HomePage } from "./export.ts";
export type { FavouriteHit } from "./forwarding.ts";
export type { ImportedFrom, ImportedMessage } from "./importing.ts";
export type { LinkPreview } from "./invitations/contact-links.ts";
export type { AskingRow, JoinStanding, JoinView } from "./invitations/views.ts";
export type { LiveCommentView, LivePiece, LiveView } from "./live/index.ts";
export type {
  ExportedMoment,
  MomentAudience,
  MomentComment,
  MomentCursor,
  MomentDraft,
  MomentDraftKept,
  MomentDraftView,
  MomentGapView,
  MomentHit,
  MomentLink,
  MomentPerson,
  MomentPictureView,
  MomentPlace,
  MomentRange,
  MomentStatusesView,
  MomentStatusView,
  MomentsFeedView,
  MomentsNewsItem,
  MomentsNewsView,
  MomentsPageView,
  MomentsSettingsView,
  MomentsWindow,
  MomentsWithView,
  MomentVideoView,
  MomentView,
} from "./moments/index.ts";
export type {
  LedgerEntry,
  LedgerView,
  NewPacket,
  OweItem,
  PacketItem,
  PacketLot,
  PacketPot,
  PacketProof,
  ShareItem,
  SharePart,
} from "./packets/index.ts";
export type { GivenProgram, ProgramHere, ProgramState, ProgramUpdate, ProgramView } from "./programs/index.ts";
export type { PushOutcome, PushSubscribed } from "./push.ts";
export type { GreetingRow, RequestRow } from "./requests/index.ts";
export type { MessageHit, MessageHits, MessageSearch } from "./search/index.ts";
export type { ServiceButton, ServiceForm, ServiceMenu } from "./services.ts";
export type {
  OwnStickerView,
  PackedStickerRef,
  StickerItemBody,
  StickerPicture,
  StickerPictureType,
  StickerToKeep,
} from "./stickers.ts";
export type { StorageChat, StorageKind, StorageReport } from "./storage.ts";

export const clientFeatures = [
  accountDeletion,
  announcements,
  articles,
  calls,
  channels,
  chatSettings,
  contactCards,
  contactNotes,
  contacts,
  deletion,
  devices,
  dice,
  drafts,
  edits,
  exporting,
  forwarding,
  groups,
  importing,
  invitations,
  live,
  media,
  moments,
  nicknames,
  packets,
  pat,
  pins,
  places,
  polls,
  privacy,
  profile,
  programs,
  push,
  reactions,
  recall,
  releaseHeads,
  requests,
  search,
  services,
  signupList,
  stickers,
  storage,
  text,
  unread,
  usernames,
] as const;
