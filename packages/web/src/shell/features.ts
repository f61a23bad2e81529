/** The registry of features: `main.tsx` registers the list, the core reads it here (docs/spec/web.md WE88). */
import type { InChat, InList, InLog, InMe, WebFeature } from "../feature.ts";

let known: readonly WebFeature[] = [];
let listParts: readonly InList[] = [];
let logParts: readonly InLog[] | undefined;
let chatParts: readonly InChat[] | undefined;
let meParts: readonly InMe[] | undefined;

export function register(list: readonly WebFeature[]): void {
  known = list;
  listParts = list.flatMap(({ inList }) => inList ?? []);
}

export const features = (): readonly WebFeature[] => known;

type Named<V> = { readonly [name: string]: V | undefined };

/**
 * Returns a lookup by name in what the features contribute; no two contribute the same name (docs/spec/web.md WE88).
 * The map is built once for a list, because drawing each message looks its renderer up.
 */
export function byName<V>(bring: (feature: WebFeature) => Named<V> | undefined): (name: string) => V | undefined {
  let madeOf: readonly WebFeature[] | undefined;
  let made = new Map<string, V>();
  return (name) => {
    if (madeOf !== known) {
      made = new Map(known.flatMap((feature) => Object.entries(bring(feature) ?? {}) as [string, V][]));
      madeOf = known;
    }
    return made.get(name);
  };
}

/** Loads what features add to a conversation's timeline and composer; `inLogs` then returns it. */
export async function loadInLogs(): Promise<void> {
  logParts ??= await Promise.all(
    known.flatMap(({ inLog }) => (inLog === undefined ? [] : [inLog().then((m) => m.inLog)])),
  );
}

/** Loads what features add to a conversation's menus and details; `inChats` then returns it. */
export async function loadInChats(): Promise<void> {
  chatParts ??= await Promise.all(
    known.flatMap(({ inChat }) => (inChat === undefined ? [] : [inChat().then((m) => m.inChat)])),
  );
}

/** Loads what features add to “Me” and to the settings; `inMe` then returns it. */
export async function loadInMe(): Promise<void> {
  meParts ??= await Promise.all(known.flatMap(({ inMe }) => (inMe === undefined ? [] : [inMe().then((m) => m.inMe)])));
}

/** Only features with a part in the list of chats: drawing each row asks all of them. */
export const inLists = (): readonly InList[] => listParts;
export const inLogs = (): readonly InLog[] => logParts ?? [];
export const inChats = (): readonly InChat[] => chatParts ?? [];
export const inMe = (): readonly InMe[] => meParts ?? [];
