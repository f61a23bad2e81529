/**
 * Views: what screens show, read from the store again when one of their topics changed. Pure reads: they write nothing,
 * wait for nothing, and keep no state. The views of features are in their own folders.
 */
import type { CoreViews } from "../api/core.ts";
import type { Registry } from "../core/registry.ts";
import { readChats } from "./chats.ts";
import { readContacts } from "./contacts.ts";
import type { ViewContext } from "./context.ts";
import { readConversation } from "./conversation.ts";
import { readDevices } from "./devices.ts";
import { readFamilyView } from "./family.ts";
import { readGroups } from "./groups.ts";
import { readHomesView } from "./homes.ts";
import { readOften } from "./often.ts";
import { readPerson } from "./person.ts";
import { readContext } from "./read-context.ts";
import { readStatus } from "./status.ts";
import { readTimeline } from "./timeline.ts";
import type { Topic } from "./topics.ts";
import { readVaultView } from "./vault.ts";

export type { ViewContext } from "./context.ts";

export function readView<N extends keyof CoreViews>(
  context: ViewContext,
  name: N,
  args: CoreViews[N]["args"],
): CoreViews[N]["value"] {
  return views[name].read(context, args);
}

/** Reads any view by its name: the core's, or a feature's. */
export function readAnyView(context: ViewContext, name: string, args: readonly unknown[]): unknown {
  const ofFeature = context.features.views.get(name);
  return ofFeature === undefined
    ? readView(context, name as keyof CoreViews, args as never)
    : ofFeature.read(readContext(context), ...args);
}

export function viewTopics<N extends keyof CoreViews>(name: N, args: CoreViews[N]["args"]): readonly Topic[] {
  return views[name].topics(args);
}

export function anyViewTopics(
  { views: ofFeatures }: Registry,
  name: string,
  args: readonly unknown[],
): readonly string[] {
  return ofFeatures.get(name)?.topics(...args) ?? viewTopics(name as keyof CoreViews, args as never);
}

/** When a view of a feature ends by time alone; those of the core do not. */
export function anyViewEndsMs(context: ViewContext, name: string, value: unknown): number | undefined {
  return context.features.views.get(name)?.endsMs?.(value, readContext(context));
}

const views: {
  readonly [N in keyof CoreViews]: {
    readonly topics: (args: CoreViews[N]["args"]) => readonly Topic[];
    readonly read: (context: ViewContext, args: CoreViews[N]["args"]) => CoreViews[N]["value"];
  };
} = {
  status: { topics: () => ["status", "chats", "people"], read: readStatus },
  chats: { topics: () => ["chats", "people"], read: readChats },
  contacts: { topics: () => ["contacts", "people"], read: readContacts },
  person: { topics: () => ["chats", "people", "contacts"], read: (context, [account]) => readPerson(context, account) },
  // Contact cards show whether the person is a contact already, hence the topic `contacts`.
  timeline: {
    topics: ([conversation]) => [`conversation:${conversation}`, "people", "contacts"],
    read: (context, [conversation, limit, place]) => readTimeline(context, conversation, limit, place),
  },
  conversation: {
    topics: ([conversation]) => [`conversation:${conversation}`, "people", "contacts"],
    read: (context, [conversation]) => readConversation(context, conversation),
  },
  often: { topics: () => ["chats"], read: readOften },
  devices: { topics: () => ["devices"], read: readDevices },
  family: { topics: () => ["family", "people", "status"], read: readFamilyView },
  groups: { topics: () => ["chats", "people", "contacts"], read: readGroups },
  linking: { topics: () => ["linking"], read: (context) => context.linking },
  vault: { topics: () => ["vault"], read: readVaultView },
  homes: { topics: () => ["homes", "status"], read: readHomesView },
};
