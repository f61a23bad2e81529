/**
 * @yanshu/client: the headless client. Screens, the terminal and tests drive it through `ClientApi`;
 * a composition root gives it its ports (docs/spec/{identity,groups,sync}.md).
 */
export * from "./api.ts";
export { type Client, createClient } from "./client.ts";
export { linkWord, linkWordCount } from "./identity/words.ts";
export type { Cancel, Ports, Socket, SocketEvents } from "./ports.ts";
