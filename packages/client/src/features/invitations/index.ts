/**
 * Invitations: links that lead to a person or into a group, what one means to who opens it, and who comes in by it
 * (docs/spec/groups.md GR26, GR27; docs/spec/identity.md ID10, ID62).
 */
import { decodeLink } from "@yanshu/wire";
import { clientFeature, type GroupCardBody, type Hex } from "../../feature.ts";
import { contactLinksApi } from "./contact-links.ts";
import { groupLinksApi } from "./group-links.ts";
import { type AskingRow, type JoinView, nextJoinEndMs, readAsking, readJoinsView } from "./views.ts";

export const invitations = clientFeature({
  kinds: ["groupCard"],

  show: {
    /** One whose link cannot be read is as good as too new. */
    groupCard: (_, { name, link }): GroupCardBody | { readonly kind: "newer"; readonly fallback?: string } => {
      const read = decodeLink(link);
      return read?.kind === "group"
        ? { kind: "group-card", name: name || read.link.name, link, expiresMs: read.link.expiresMs }
        : { kind: "newer" };
    },
  },

  api: (context) => ({ ...contactLinksApi(context), ...groupLinksApi(context) }),

  views: {
    /** The newest first. */
    joins: {
      topics: () => ["chats"],
      read: (context): readonly JoinView[] => readJoinsView(context),
      endsMs: nextJoinEndMs,
    },
    /** Empty for the one who may not decide. */
    asking: {
      topics: (conversation: Hex) => [`conversation:${conversation}`, "people"],
      read: (context, conversation: Hex): readonly AskingRow[] => readAsking(context, conversation),
    },
  },
});
