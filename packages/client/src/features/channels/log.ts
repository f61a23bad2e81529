/** The log of own channels, for other features that say kinds of entries of their own (docs/spec/articles.md PA1). */
import type { FeatureContext, PublicLog } from "../../feature.ts";
import { deskOf } from "./desk.ts";
import { ownChannel, put, withdraw } from "./own.ts";

export const publicLogOf = (context: FeatureContext): PublicLog => ({
  say: async (channel, { kind, body, title, about, sources = [], films = () => [] }) => {
    ownChannel(context, channel);
    await put(context, channel, kind, body, { title, sources, films, ...(about && { about }) });
    deskOf(context).wake();
  },
  withdraw: async (entry) => {
    await withdraw(context, entry);
    deskOf(context).wake();
  },
});
