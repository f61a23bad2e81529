/** The own profile: name and picture (docs/spec/identity.md ID9). */
import { fieldLimits } from "@yanshu/content";
import type { Bytes } from "@yanshu/wire";
import { ClientError, chosenName, clientFeature } from "../feature.ts";

type ProfileApi = {
  /** Without `pat` the pat text stays. Rejects with `bad-name`, `bad-picture`. */
  readonly setProfile: (args: { name: string; picture?: Bytes; pat?: string }) => Promise<void>;
};

export const profile = clientFeature({
  api: ({ ownProfile, setOwnProfile }): ProfileApi => ({
    async setProfile({ name, picture, pat = ownProfile().pat ?? "" }) {
      const chosen = chosenName(name, false);
      if (picture !== undefined && picture.length > fieldLimits.avatarBytesMax) throw new ClientError("bad-picture");
      setOwnProfile({ name: chosen, pat, ...(picture === undefined ? {} : { avatar: picture }) });
    },
  }),
});
