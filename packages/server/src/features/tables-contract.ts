/** The contract of each feature that keeps something, one line each: both databases are held to it. */
import type { LogUnderTest } from "../log/log-contract.ts";
import { backupCases } from "./backup/tables-contract.ts";
import { channelCases } from "./channels/tables-contract.ts";
import { helperCases } from "./helpers/tables-contract.ts";
import { homeCases } from "./homes/tables-contract.ts";
import { invitationCases } from "./invitations/tables-contract.ts";
import { meetingCases } from "./meeting/tables-contract.ts";
import { holeCases } from "./moments/tables-contract.ts";
import { passkeyCases } from "./passkeys/tables-contract.ts";
import { peerCases } from "./peers/tables-contract.ts";
import { pushCases } from "./push/tables-contract.ts";
import { usernameCases } from "./usernames/tables-contract.ts";

export const featureCases: Readonly<Record<string, (open: () => LogUnderTest) => void>> = {
  push: pushCases,
  usernames: usernameCases,
  passkeys: passkeyCases,
  helpers: helperCases,
  backup: backupCases,
  invitations: invitationCases,
  moments: holeCases,
  channels: channelCases,
  homes: homeCases,
  meeting: meetingCases,
  peers: peerCases,
};
