/** Measure: all checks there are, in one run. */
import { join } from "node:path";
import { testFeatures } from "../../features/index.ts";
import type { Check } from "../check.ts";
import { attacks } from "../evil/attacks.ts";
import { checkOperator } from "../real/operator.ts";
import { everythingOfOne } from "./account-export.ts";
import { agedMessages } from "./aged.ts";
import { changedCall, sealedCall } from "./calls.ts";
import {
  boostedPage,
  falseEntry,
  keptElsewhere,
  namedDomain,
  openRemoval,
  searchingChannels,
  wholePages,
  withheldEntry,
} from "./channels.ts";
import { coldStart, updateElsewhere } from "./cut-off.ts";
import { forwardedCall } from "./forwarded.ts";
import { deletedAccount } from "./gone.ts";
import { socialGraph, socialGraphOfHomes } from "./graph.ts";
import { ghostSeat, removedListener, sealedGroupCall } from "./group-calls.ts";
import { goneHome, soldHome, twoHomes } from "./homes.ts";
import { lanWithoutWayOut } from "./lan.ts";
import { removedWatcher, replayedLive, sealedLive } from "./live.ts";
import { lockedProfile } from "./locked.ts";
import { takenBack } from "./moments-gone.ts";
import { momentsGraph } from "./moments-graph.ts";
import { nonces } from "./nonces.ts";
import { programsInBrowser } from "./programs.ts";
import { readState, searching } from "./reading.ts";
import { rebuilt } from "./rebuilt.ts";
import { relayedCall } from "./relayed.ts";
import { sameRequests } from "./requests.ts";
import { openSecondServer } from "./second-server.ts";
import { stolenKeys } from "./secrecy.ts";
import { splitRelease } from "./split-release.ts";
import { swappedCode } from "./swapped.ts";
import { verifiedHome } from "./verified.ts";
import { wakeups } from "./wakeups.ts";
import { withheldMessage } from "./withheld.ts";

const webApp = join(import.meta.dir, "../../../../web/dist");

const ofCalls = [
  () => sealedCall(),
  () => changedCall(),
  () => sealedGroupCall(),
  () => ghostSeat(),
  () => removedListener(),
];
const ofLive = [() => sealedLive(), () => removedWatcher(), () => replayedLive()];

const ofCutOff = [() => updateElsewhere(webApp), () => coldStart()];

/** Checks of claims that may be measured alone, by the claim's id, or by what several begin with. */
export const alone: Readonly<Record<string, readonly (() => Promise<Check | readonly Check[]>)[]>> = {
  "R2.7": [() => checkOperator(webApp), socialGraph, socialGraphOfHomes, () => momentsGraph(), () => twoHomes()],
  "R3.1": [...attacks, () => falseEntry()],
  "R3.6": [() => namedDomain()],
  "R3.2": [...attacks, () => withheldMessage(), () => withheldEntry()],
  "R4.2": [programsInBrowser],
  "R5.5b": [programsInBrowser],
  "R1.7": [...ofCalls, relayedCall, forwardedCall],
  "R1.9": ofLive,
  "R5.3": [swappedCode, () => verifiedHome(webApp), () => splitRelease(webApp)],
  "R5.4": [rebuilt],
  R6: ofCutOff,
  "R7.2": [lanWithoutWayOut],
  "R7.3": [() => goneHome()],
  "R7.4": [() => goneHome()],
  "R10.1": [() => twoHomes()],
  "R10.3": [() => checkOperator(webApp), () => goneHome(), () => soldHome()],
  "R10.4": [() => twoHomes()],
};

/** One after the other. @throws if that claim is not among those. */
export async function measureAlone(id: string): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const measures = alone[id];
  if (measures === undefined) throw new Error(`no claim ${id} can be measured alone`);
  for (const measure of measures) checks.push(...[await measure()].flat());
  return checks;
}

export async function measureAll(): Promise<readonly Check[]> {
  // Browsers and servers of their own, one after the other: they go on beside the rest.
  const locked = lockedProfile();
  const swapped = locked.then(swappedCode);
  const relayed = swapped.then(relayedCall);
  const forwarded = relayed.then(forwardedCall);
  const lan = forwarded.then(lanWithoutWayOut);
  const programs = lan.then(() => programsInBrowser());
  const checks: Check[] = [...(await checkOperator(webApp))];
  // Its people leave before the rest begins, so that what its memory still holds of them can be looked at late.
  const second = await openSecondServer(webApp);
  checks.push(...second.checks);
  const rest = [
    ...attacks,
    () => sameRequests(),
    () => nonces(),
    () => agedMessages(),
    () => deletedAccount(),
    () => takenBack(),
    () => wholePages(),
    () => boostedPage(),
    () => openRemoval(),
    () => keptElsewhere(),
    () => namedDomain(),
    () => falseEntry(),
    () => withheldEntry(),
    () => searchingChannels(),
    () => everythingOfOne(),
    socialGraph,
    socialGraphOfHomes,
    () => momentsGraph(),
    readState,
    searching,
    wakeups,
    ...ofCalls,
    ...ofLive,
    () => stolenKeys(),
    () => withheldMessage(),
    () => locked,
    () => swapped,
    () => verifiedHome(webApp),
    () => splitRelease(webApp),
    rebuilt,
    ...ofCutOff,
    ...testFeatures.flatMap(({ claims = [] }) =>
      claims.map(
        ({ measure }) =>
          () =>
            measure(),
      ),
    ),
  ];
  for (const check of rest) checks.push(await check());
  checks.push(...(await twoHomes()), ...(await goneHome()), await soldHome());
  checks.push(...(await relayed), ...(await forwarded), await lan, ...(await programs));
  return [...checks, await second.afterwards()];
}
