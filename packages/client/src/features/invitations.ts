/**
 * Invitations into a group, as screens see them (docs/spec/groups.md GR26): its name and its link, as they stand in the
 * message.
 */
import { decodeLink } from "@yanshu/wire";
import { clientFeature, type GroupCardBody } from "../feature.ts";

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
});
