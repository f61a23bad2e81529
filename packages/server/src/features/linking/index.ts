/**
 * Linking (docs/spec/identity.md ID12; docs/spec/delivery.md DS25): a device without an account is reached at an
 * address in memory.
 */
import { done, refuse } from "../../core/outcome.ts";
import { serverFeature, services } from "../../feature.ts";

export const linking = serverFeature({
  name: "linking",
  migrations: { sqlite: [], postgres: [] },
  owned: [],
  tables: () => ({}),
  limits: {},
  serve: ({ ask, peers, inCommit }) => {
    const openRendezvous = ask(services.rendezvous);
    return {
      calls: {
        rendezvous: {
          grows: false,
          handle: (from, { address }, answer) => {
            if (openRendezvous === undefined) return answer(refuse("unavailable"));
            // @checks DS25
            if (!openRendezvous(from, address)) return answer(refuse("rate-limited"));
            if (peers === undefined) return answer(done);
            inCommit(() => {
              peers.openRendezvous(address);
              return done;
            }, answer);
          },
        },
      },
    };
  },
});
