/**
 * @yanshu/wire: the protocol between client and server. The package uses no network, disk, clock or randomness.
 * docs/spec/{wire,delivery,identity}.md number the rules.
 */
export * from "./bytes.ts";
export * from "./calls.ts";
export * from "./envelope.ts";
export * from "./errors.ts";
export {
  type ArticleBlock,
  type ArticleBody,
  type ArticleSpan,
  articleBodies,
  articleLimits,
  type MenuBody,
  readArticle,
} from "./features/articles.ts";
export { isVaultSegmentSize, vaultLimits, vaultSegmentSizes } from "./features/backup.ts";
export {
  decodeRoomClientFrame,
  decodeRoomServerFrame,
  type EnteredRoom,
  type EnterRoom,
  encodeRoomClientFrame,
  encodeRoomServerFrame,
  everySeat,
  type JoinMedia,
  liveLimits,
  type MediaAnswer,
  mediaLimits,
  mediaPlace,
  type RelayAccess,
  type RoomClientFrame,
  type RoomRefusal,
  type RoomServerFrame,
  roomLimits,
  type ShownPart,
  type WantSlots,
} from "./features/calls.ts";
export {
  type ChannelKind,
  type CommentBody,
  channelBodies,
  channelLimits,
  encodeOwnChannels,
  type FilmState,
  filmTokens,
  type HideBody,
  isChannelEntry,
  isChannelKind,
  isDomain,
  namesChannel,
  ownChannelsBytesMax,
  ownChannelsPath,
  type PinBody,
  type ProfileBody,
  publicPath,
  type ShownBody,
} from "./features/channels.ts";
export {
  type Cell,
  decodePlace,
  decodeRow,
  encodePlace,
  encodeRow,
  type Place,
  type Row,
} from "./features/export.ts";
export {
  type BlobCopy,
  type BlobCreate,
  type BlobDays,
  type BlobFault,
  type BlobState,
  blobCopy,
  blobCreate,
  blobDays,
  blobFaults,
  blobLimits,
  blobState,
  tokensFor,
} from "./features/files.ts";
export { decodeSlip, encodeSlip, meetingLimits, slipKey, slipTag, weekOf } from "./features/meeting.ts";
export {
  type Hole,
  type HoleDays,
  holeDays,
  holeLimits,
  holeNameBytes,
  holeTokens,
  holeValueSizes,
  isHoleAt,
  isLongHole,
  packNames,
} from "./features/moments.ts";
export {
  commonPeerVersion,
  decodePeerFrame,
  decodeSignedCard,
  decodeStreamFrame,
  decodeStreamRow,
  encodeAcked,
  encodeCardBody,
  encodeFarList,
  encodeHeld,
  encodeLineOpened,
  encodeLineRefusal,
  encodePeerGreeting,
  encodePeerHello,
  encodePeerProof,
  encodeRows,
  encodeSignedCard,
  encodeStreamRow,
  encodeTunnelFrame,
  isLineRefusal,
  type LineRefusal,
  type PeerFrame,
  type PeerHello,
  peerLimits,
  peerVersions,
  type RowMode,
  type ServerCard,
  type StreamFrame,
  type StreamRow,
  serverCardPath,
  streamLimits,
  type TunnelFrame,
  tunnelLimits,
  tunnelVersion,
} from "./features/peers.ts";
export { type PushOutcome, pushOutcomes } from "./features/push.ts";
export {
  decodeUsernameRecord,
  encodeUsernameRecord,
  readUsername,
  type UsernameRecord,
  usernameCost,
  usernameParts,
  usernameSalt,
} from "./features/usernames.ts";
export * from "./frames.ts";
export * from "./homes.ts";
export * from "./identity.ts";
export * from "./ids.ts";
export * from "./limits.ts";
export * from "./links.ts";
export * from "./public/index.ts";
export * from "./ring-tag.ts";
export * from "./schema.ts";
export * from "./server-name.ts";
export * from "./signing.ts";
export * from "./token-check.ts";
export * from "./tunnel.ts";
export * from "./upload-tokens.ts";
export * from "./weak-keys.ts";
