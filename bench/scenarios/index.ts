/** Scenarios: all that `npm run bench` can measure. */
import { abuse } from "./abuse.ts";
import { away } from "./away.ts";
import { calls, callsAnswer, callsBack, callsGroup, callsLive, callsPair, callsRelay } from "./calls.ts";
import { catchup } from "./catchup.ts";
import { disk } from "./disk.ts";
import { fanout } from "./fanout.ts";
import { feed } from "./feed.ts";
import { fling } from "./fling.ts";
import { fuzz } from "./fuzz.ts";
import { idle } from "./idle.ts";
import { joining } from "./joining.ts";
import { lighthouse } from "./lighthouse.ts";
import { members } from "./members.ts";
import { mls } from "./mls.ts";
import { moments } from "./moments.ts";
import { momentsBack, momentsBrowser, momentsPost, momentsSeen } from "./moments-browser.ts";
import { newDevice } from "./new-device.ts";
import { open } from "./open.ts";
import { packets } from "./packets.ts";
import { pair } from "./pair.ts";
import { peers } from "./peers.ts";
import { platform } from "./platform.ts";
import { processes } from "./processes.ts";
import { programs } from "./programs.ts";
import { rank } from "./rank.ts";
import { rate } from "./rate.ts";
import type { Scenario } from "./scenario.ts";
import { search } from "./search.ts";
import { soak } from "./soak.ts";
import { start } from "./start.ts";
import { storm } from "./storm.ts";
import { web } from "./web.ts";

/** In this order they run. */
export const scenarios: readonly Scenario[] = [
  start,
  idle,
  pair,
  fanout,
  catchup,
  storm,
  disk,
  mls,
  search,
  rank,
  members,
  calls,
  callsAnswer,
  callsBack,
  callsGroup,
  callsLive,
  callsPair,
  callsRelay,
  lighthouse,
  open,
  fling,
  feed,
  newDevice,
  away,
  moments,
  momentsBrowser,
  momentsPost,
  momentsSeen,
  momentsBack,
  joining,
  web,
  peers,
  fuzz,
  programs,
  platform,
  packets,
  rate,
  processes,
  abuse,
  soak,
];
