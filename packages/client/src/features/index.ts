/** The features that the client ships with: one line each. Their order means nothing. */
import { accountDeletion } from "./account-deletion.ts";
import { announcements } from "./announcements.ts";
import { chatSettings } from "./chat-settings.ts";
import { nicknames } from "./nicknames.ts";
import { pat } from "./pat.ts";
import { pins } from "./pins.ts";
import { polls } from "./polls.ts";
import { reactions } from "./reactions.ts";
import { signupList } from "./signup-list.ts";
import { text } from "./text.ts";

export const clientFeatures = [
  accountDeletion,
  announcements,
  chatSettings,
  nicknames,
  pat,
  pins,
  polls,
  reactions,
  signupList,
  text,
] as const;
