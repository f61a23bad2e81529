/** All screens of Channels, in one file that is loaded when the first of them is opened. */
import { Authors } from "./authors.tsx";
import { HashPage } from "./channel-page.tsx";
import { ChannelsLog } from "./log.tsx";
import { Mine } from "./mine.tsx";
import { Publish } from "./publish.tsx";
import { Saved } from "./saved.tsx";
import { ChannelSearch } from "./search.tsx";
import { ChannelSettings, Followed } from "./settings.tsx";
import { authorsAt, hashDigits, spots, tagAt } from "./spots.ts";
import { useChannelsShown } from "./use-shown.ts";
import { Youth } from "./youth.tsx";
import "./channels.css";
import "./film-elsewhere.ts";

export { Feed } from "./feed.tsx";

/** What lies below `/channels/`, by its id (spots.ts). */
export function Below({ id }: { readonly id: string }) {
  useChannelsShown();
  const tag = tagAt(id);
  if (tag !== undefined) return <ChannelSearch key={tag} tag={tag} />;
  const authorsOf = authorsAt(id);
  if (authorsOf !== undefined) return <Authors key={authorsOf} channel={authorsOf} />;
  if (id.length === hashDigits) return <HashPage key={id} id={id} />;
  if (id === spots.publish.id) return <Publish />;
  if (id === spots.search.id) return <ChannelSearch />;
  if (id === spots.settings.id) return <ChannelSettings />;
  if (id === spots.saved.id) return <Saved />;
  if (id === spots.log.id) return <ChannelsLog />;
  if (id === spots.youth.id) return <Youth />;
  return id === spots.followed.id ? <Followed /> : <Mine />;
}
