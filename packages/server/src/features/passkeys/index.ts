/**
 * Passkeys (docs/spec/identity.md ID35): an account comes back by a passkey, of which the server keeps what it opens.
 */
import { accept } from "../../core/outcome.ts";
import { serverFeature, signed } from "../../feature.ts";
import { findPasskey, keepPasskey } from "./passkeys.ts";
import { migrations, owned, passkeyTables } from "./tables.ts";

export const passkeys = serverFeature({
  name: "passkeys",
  migrations,
  owned,
  tables: (prepare) => passkeyTables(prepare),
  limits: {},
  serve: ({ tables, inCommit, restoreRefusal, byRoot }) => ({
    calls: {
      keepPasskey: {
        grows: true,
        limit: restoreRefusal,
        handle: (from, args, answer) => {
          const root = byRoot(from);
          inCommit(() => keepPasskey(tables, args, root), answer);
        },
      },
      findPasskey: {
        grows: false,
        limit: restoreRefusal,
        handle: (_from, args, answer) => answer(findPasskey(tables, args)),
      },
      passkeyState: {
        grows: false,
        handle: (from, _args, answer) => answer(accept({ isKept: tables.hasPasskey(signed(from).account) })),
      },
    },
  }),
  // What a passkey opens is the former root's key, which counts no more (DS103).
  rootChanged: (tables, account) => tables.dropPasskey(account),
});
