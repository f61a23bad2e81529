/**
 * One strip at a time: the server is gone (HM63), else it goes elsewhere (HM118), else its operator offers a reserve
 * (HM117).
 */
import { useStatus } from "../../shell/session.ts";
import { GoneStrip } from "./gone-strip.tsx";
import { MovesStrip } from "./moves-strip.tsx";
import { OfferStrip } from "./offer-strip.tsx";

export function HomeStrip() {
  const { homeGone, homeMoves, reserveOffer } = useStatus() ?? {};
  if (homeGone !== undefined) return <GoneStrip {...homeGone} />;
  if (homeMoves !== undefined) return <MovesStrip {...homeMoves} />;
  return reserveOffer === undefined ? null : <OfferStrip {...reserveOffer} />;
}
