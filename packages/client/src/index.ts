/**
 * @yanshu/client: the headless client. Screens, the terminal and tests drive it through `ClientApi`;
 * a composition root gives it its ports (docs/spec/{identity,groups,sync}.md).
 */

export type * from "./api/media.ts";
export * from "./api.ts";
export { type Client, createClient } from "./client.ts";
export type { ClientFeature } from "./feature.ts";
export { clientFeatures } from "./features/index.ts";
export { linkWord, linkWordCount } from "./identity/words.ts";
export { clientKinds } from "./kinds/index.ts";
export { type ConversationDef, conversationKind } from "./kinds/kind.ts";
export type { AnswerBounds, Cancel, MediaPorts, Ports, Socket, SocketEvents, SocketPath } from "./ports.ts";
export { type RemoteClient, remoteClient } from "./remote-client.ts";
export type { Surroundings } from "./remote-messages.ts";
export { type RemoteLine, serveRemote } from "./remote-serve.ts";
export { type Fold, type Folded, loadFold } from "./values/search/fold.ts";
export { startWorkAhead } from "./work-ahead.ts";
