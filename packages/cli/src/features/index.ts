/**
 * Features of the terminal, one line each: their lines, commands and words. In this order their commands stand in help.
 */
import { announcements } from "./announcements.ts";
import { app } from "./app/index.ts";
import { articles } from "./articles/index.ts";
import { bridge } from "./bridge/index.ts";
import { calls } from "./calls.ts";
import { channels } from "./channels.ts";
import { chatSettings } from "./chat-settings.ts";
import { contactCards } from "./contact-cards.ts";
import { contacts } from "./contacts.ts";
import { devices } from "./devices.ts";
import { dice } from "./dice.ts";
import { files } from "./files.ts";
import { forwarding } from "./forwarding.ts";
import { groups } from "./groups.ts";
import { helpers } from "./helpers.ts";
import { history } from "./history.ts";
import { homes } from "./homes.ts";
import { invitations } from "./invitations.ts";
import { linking } from "./linking.ts";
import { lives } from "./live.ts";
import { moments } from "./moments.ts";
import { nicknames } from "./nicknames.ts";
import { packets } from "./packets.ts";
import { pat } from "./pat.ts";
import { photos } from "./photos.ts";
import { pins } from "./pins.ts";
import { places } from "./places.ts";
import { polls } from "./polls.ts";
import { programs } from "./programs.ts";
import { reactions } from "./reactions.ts";
import { recall } from "./recall.ts";
import { recoveryCard } from "./recovery-card.ts";
import { requests } from "./requests.ts";
import { retransmission } from "./retransmission.ts";
import { search } from "./search.ts";
import { services } from "./services.ts";
import { signupList } from "./signup-list.ts";
import { stickers } from "./stickers.ts";
import { text } from "./text.ts";
import { unsent } from "./unsent.ts";
import { usernames } from "./usernames.ts";
import { verifying } from "./verify/index.ts";
import { video } from "./video.ts";
import { voice } from "./voice.ts";

export const cliFeatures = [
  contacts,
  usernames,
  requests,
  contactCards,
  text,
  unsent,
  recall,
  reactions,
  calls,
  channels,
  articles,
  bridge,
  lives,
  photos,
  voice,
  video,
  files,
  stickers,
  places,
  polls,
  dice,
  packets,
  programs,
  services,
  signupList,
  forwarding,
  pat,
  pins,
  groups,
  invitations,
  moments,
  nicknames,
  announcements,
  history,
  search,
  chatSettings,
  devices,
  linking,
  recoveryCard,
  homes,
  helpers,
  retransmission,
  verifying,
  app,
] as const;
