/**
 * Places: where one can be in the app, as values. The core and each feature name theirs here (docs/spec/web.md WE89).
 */

/** A place of which there is one. */
export type Alone = Record<never, never>;
/** A place of one conversation or person: hex. */
export type WithId = { readonly id: string };

/** What each place holds besides its name. A feature adds its own beside its pages: `declare module`. */
export interface Places {
  chats: Alone;
  /** `at`: the order of an item to be shown, with what stands around it. */
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
/** A place without the conversation or person that its page shows. */
export type Spot = { [N in PlaceName]: { readonly name: N } & Omit<Places[N], "id" | "at"> }[PlaceName];

/** Tabs of the core; a feature may bring one of its own. */
export type Tab = "chats" | "contacts" | "me" | (string & Record<never, never>);
