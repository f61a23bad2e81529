/**
 * Api: what screens and the terminal may ask of the client, and what they see: that of the core, and what each feature
 * adds. Plain values only (structured clone), ids as lowercase hex, so that it crosses a worker boundary as it is.
 *
 * A method of `ClientApi` resolves when the device's own store holds the change: nothing here waits for the network but
 * `createAccount`, `requestContact`, `resetLink` and what is asked of usernames, which cannot do without it. It rejects
 * with `ClientError`, whose `code` the screens put into words.
 */
import type * as core from "./api/core.ts";
import type { ViewDef } from "./feature.ts";
import type { clientFeatures } from "./features/index.ts";

export type * from "./api/account-deletion.ts";
export type * from "./api/actions.ts";
export type * from "./api/cards.ts";
export type * from "./api/chat-settings.ts";
export type * from "./api/core.ts";
export type * from "./api/family.ts";
export type * from "./api/forwarded-messages.ts";
export type * from "./api/groups.ts";
export type * from "./api/hex.ts";
export type * from "./api/homes.ts";
export type * from "./api/often.ts";
export type * from "./api/people.ts";
export type * from "./api/recovery.ts";
export type * from "./api/usernames.ts";
export type * from "./api/vault.ts";
export * from "./errors.ts";
export type * from "./features/index.ts";

type Feature = (typeof clientFeatures)[number];
type Both<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type Shows = Both<Extract<Feature, { readonly show: unknown }>["show"]>;
type Api<F> = F extends { readonly api: (...args: never) => infer A } ? A : never;
type ViewsOf<F> = F extends { readonly views: infer V } ? V : never;
type FeatureViews = Both<ViewsOf<Feature>>;

/** What the body of an item of the timeline may be. */
export type ItemBody =
  | core.CoreItemBody
  | { [K in keyof Shows]: Shows[K] extends (...args: never) => infer B ? Exclude<B, undefined> : never }[keyof Shows];
export type TimelineItem = core.TimelineItem<ItemBody>;
export type TimelineView = core.TimelineView<ItemBody>;
export type Preview = core.Preview<ItemBody>;
export type ChatRow = core.ChatRow<ItemBody>;
/** What many do together, or what holds the messages of others. */
export type ActionBody = Extract<ItemBody, { readonly kind: "poll" | "chain" | "record" }>;

/** Live views: subscribed to by name, sent whole whenever they change. */
export type Views = core.CoreViews<ItemBody> & {
  readonly [N in keyof FeatureViews]: FeatureViews[N] extends ViewDef<infer A, infer V>
    ? { readonly args: A; readonly value: V }
    : never;
};
export type ViewName = keyof Views;
export type PinView = Views["pins"]["value"][number];

export type ClientApi = core.CoreApi<ItemBody> & Both<Api<Feature>>;
