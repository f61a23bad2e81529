/**
 * Places: the routes of the app as typed values. The core and each feature declare theirs here (docs/spec/web.md WE89).
 */

/** The parameters of a route that has none. */
export type Alone = Record<never, never>;
/** `id` of a conversation or person, in hex. */
export type WithId = { readonly id: string };

/** Parameters of each route, by its name. A feature adds its own by `declare module`, in the file of its pages. */
export interface Places {
  chats: Alone;
  /** `at`: the order of an item to scroll to. */
  chat: WithId & { readonly at?: number };
  contacts: Alone;
  me: Alone;
  settings: Alone;
  welcome: { readonly step: WelcomeStep };
}

export type WelcomeStep = "start" | "name" | "invite" | "link" | "card";
export type PlaceName = keyof Places;
export type RouteTo<N extends PlaceName> = N extends PlaceName ? { readonly name: N } & Places[N] : never;
export type Route = RouteTo<PlaceName>;
/** A route without `id` and `at`: which page, not whose. */
export type Spot = { [N in PlaceName]: { readonly name: N } & Omit<Places[N], "id" | "at"> }[PlaceName];

/** Tabs of the core; a feature may add its own. */
export type Tab = "chats" | "contacts" | "me" | (string & Record<never, never>);
