/**
 * Whose channel it is (docs/spec/channels.md CH95–CH97): the domain that a channel names is asked itself, over its own
 * TLS, and only when the person wants to know. No home, no mirror and no author answers in its place.
 */
import { writeChannelDomain } from "@yanshu/store";
import { type Bytes, namesChannel, ownChannelsBytesMax, ownChannelsPath } from "@yanshu/wire";
import { ClientError, type FeatureContext } from "../../feature.ts";
import { domainOf } from "../../values/channel-domain.ts";

/** @throws ClientError `unknown-message` where the channel names none. @checks CH96 */
export async function askDomain(context: FeatureContext, channel: Bytes): Promise<boolean> {
  const { db, server, nowMs, changed } = context;
  const { domain } = domainOf(context.read(), channel);
  if (domain === undefined) throw new ClientError("unknown-message");
  const wish = { bytesMax: ownChannelsBytesMax, at: domain.name };
  const answer = await server.readPublic(ownChannelsPath, wish);
  // A page that is not there names nothing; any other trouble says nothing.
  if (answer === undefined || (answer.status !== 200 && answer.status !== 404)) return false;
  // @checks CH96
  const isOwn = answer.status === 200 && namesChannel(answer.body, channel);
  writeChannelDomain(db, { channel, domain: domain.name, is_own: Number(isOwn), at_ms: nowMs() });
  changed("channels");
  return true;
}
