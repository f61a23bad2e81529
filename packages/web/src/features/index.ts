/**
 * The features of the web app, one line each (docs/spec/web.md WE88). The order means nothing but that of loading
 * ahead.
 */
import type { WebFeature } from "../feature.ts";
import { about } from "./about/index.ts";
import { accountDeletion } from "./account-deletion/index.ts";
import { accountExport } from "./account-export/index.ts";
import { announcements } from "./announcements/index.ts";
import { articles } from "./articles/index.ts";
import { backup } from "./backup/index.ts";
import { calls } from "./calls/index.ts";
import { channels } from "./channels/index.ts";
import { chatSettings } from "./chat-settings/index.ts";
import { code } from "./code/index.ts";
import { contactCards } from "./contact-cards/index.ts";
import { contacts } from "./contacts/index.ts";
import { devices } from "./devices/index.ts";
import { dice } from "./dice/index.ts";
import { drafts } from "./drafts/index.ts";
import { edits } from "./edits/index.ts";
import { exporting } from "./export/index.ts";
import { files } from "./files/index.ts";
import { forwarding } from "./forwarding/index.ts";
import { gallery } from "./gallery/index.ts";
import { groups } from "./groups/index.ts";
import { guard } from "./guard/index.ts";
import { helpers } from "./helpers/index.ts";
import { homes } from "./homes/index.ts";
import { invitations } from "./invitations/index.ts";
import { linkCards } from "./link-cards/index.ts";
import { linking } from "./linking/index.ts";
import { listening } from "./listen/index.ts";
import { live } from "./live/index.ts";
import { lock } from "./lock/index.ts";
import { mentions } from "./mentions/index.ts";
import { moments } from "./moments/index.ts";
import { packets } from "./packets/index.ts";
import { pat } from "./pat/index.ts";
import { photos } from "./photos/index.ts";
import { pins } from "./pins/index.ts";
import { places } from "./places/index.ts";
import { polls } from "./polls/index.ts";
import { privacy } from "./privacy/index.ts";
import { profile } from "./profile/index.ts";
import { programs } from "./programs/index.ts";
import { push } from "./push/index.ts";
import { quotes } from "./quotes/index.ts";
import { reactions } from "./reactions/index.ts";
import { recalling } from "./recall/index.ts";
import { recoveryCard } from "./recovery-card/index.ts";
import { scan } from "./scan/index.ts";
import { search } from "./search/index.ts";
import { services } from "./services/index.ts";
import { signupList } from "./signup-list/index.ts";
import { stickers } from "./stickers/index.ts";
import { storage } from "./storage/index.ts";
import { text } from "./text/index.ts";
import { translate } from "./translate/index.ts";
import { usernames } from "./usernames/index.ts";
import { voice } from "./voice/index.ts";

export const features: readonly WebFeature[] = [
  about,
  accountDeletion,
  accountExport,
  announcements,
  articles,
  backup,
  calls,
  channels,
  chatSettings,
  code,
  contactCards,
  contacts,
  devices,
  dice,
  drafts,
  edits,
  exporting,
  files,
  forwarding,
  gallery,
  groups,
  guard,
  helpers,
  homes,
  invitations,
  linkCards,
  linking,
  listening,
  live,
  lock,
  mentions,
  moments,
  packets,
  pat,
  photos,
  pins,
  places,
  polls,
  privacy,
  profile,
  programs,
  push,
  quotes,
  reactions,
  recalling,
  recoveryCard,
  scan,
  search,
  services,
  signupList,
  stickers,
  storage,
  text,
  translate,
  usernames,
  voice,
];
