/** Sources: how this person met somebody, from the store, with the present names (docs/spec/sync.md SY26). */

import type { ContactSource } from "../api/chat-settings.ts";
import { idFrom } from "../ids.ts";
import type { StoredSource } from "../values/contact-notes.ts";
import type { ViewContext } from "./context.ts";
import { headsOf } from "./heads.ts";
import type { People } from "./people.ts";

export function sourceOf(context: ViewContext, people: People, stored: string): ContactSource | undefined {
  if (stored === "") return undefined;
  const source = JSON.parse(stored) as StoredSource;
  switch (source.kind) {
    case "group": {
      const id = idFrom(source.conversation);
      const title = id && headsOf(context, people, [id]).get(source.conversation)?.title;
      return title === undefined ? undefined : { kind: "group", title };
    }
    case "card":
      return { kind: "card", by: people.ref(source.by).name };
    default:
      return source;
  }
}
