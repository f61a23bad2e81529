/**
 * Features of the tests, one line each. In this order they fill the evidence, and stand among the acts of their family:
 * another order gives every seed of the simulator another course.
 */
import type { TestFeature } from "../feature.ts";
import { announcements } from "./announcements.ts";
import { channels } from "./channels.ts";
import { contactCards } from "./contact-cards.ts";
import { dice } from "./dice.ts";
import { edits } from "./edits.ts";
import { favourites } from "./favourites.ts";
import { files } from "./files.ts";
import { forwarding } from "./forwarding.ts";
import { groups } from "./groups.ts";
import { history } from "./history.ts";
import { invitations } from "./invitations.ts";
import { live } from "./live.ts";
import { moments } from "./moments.ts";
import { packets } from "./packets/index.ts";
import { pat } from "./pat.ts";
import { photos } from "./photos.ts";
import { pins } from "./pins.ts";
import { places } from "./places.ts";
import { polls } from "./polls.ts";
import { programs } from "./programs.ts";
import { reactions } from "./reactions.ts";
import { recall } from "./recall.ts";
import { releaseHeads } from "./release-heads.ts";
import { services } from "./services.ts";
import { signupList } from "./signup-list.ts";
import { stickers } from "./stickers.ts";
import { text } from "./text.ts";
import { video } from "./video.ts";
import { voice } from "./voice.ts";

export const testFeatures: readonly TestFeature[] = [
  text,
  recall,
  releaseHeads,
  edits,
  reactions,
  pat,
  polls,
  services,
  signupList,
  pins,
  announcements,
  favourites,
  forwarding,
  contactCards,
  files,
  photos,
  voice,
  video,
  places,
  stickers,
  dice,
  packets,
  invitations,
  groups,
  history,
  moments,
  live,
  programs,
  channels,
];
