/** Joins of the media of group calls: how often a seat may join, and how many may be in (docs/spec/calls.md CA132). */
import type { JoinMedia } from "@yanshu/wire";
import { minuteMs, RateLimit } from "../../core/rate.ts";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import type { RoomConnection, Seat } from "./room-connection.ts";
import type { RoomsPorts } from "./room-ports.ts";

/** Between two joins of the media by one seat. */
const joinMs = 400;
/** Joins of one seat: so many at once, and one more in each such time. */
const joinsOfSeat = { burst: 8, eachMs: 5_000 } as const;
const joinsPerMinute = { prefix: 240, all: 1_200 } as const;
/** Seats whose media is forwarded at once. */
const mediaSeatsMax = { prefix: 128, all: 512 } as const;

export class RoomMedia {
  private readonly ports: RoomsPorts;
  private readonly joinsByPrefix = new RateLimit(joinsPerMinute.prefix, minuteMs);
  private readonly joins = new RateLimit(joinsPerMinute.all, minuteMs);
  private readonly mediaSeats = new ConnectionLimits(mediaSeatsMax);

  constructor(ports: RoomsPorts) {
    this.ports = ports;
  }

  join(one: RoomConnection, seat: Seat, join: JoinMedia) {
    const { clock, media, faults } = this.ports;
    const nowMs = clock.nowMs();
    if (media === undefined) return one.refuse("unavailable");
    if (seat.joinedMs !== undefined && Math.abs(nowMs - seat.joinedMs) < joinMs)
      return one.refuse("rate-limited", joinMs);
    const waitMs = this.mayJoin(seat, one.prefix, nowMs);
    if (waitMs > 0) {
      this.askLater(seat, waitMs);
      return one.refuse("rate-limited", waitMs);
    }
    if (!this.takeMediaSeat(seat, one.prefix)) {
      this.askLater(seat, minuteMs);
      return one.refuse("unavailable");
    }
    seat.stopAsking?.();
    seat.joinedMs = nowMs;
    const { alias } = seat.room;
    media.join(alias, seat.number, join).then(
      (answer) => {
        if (seat.room.seats.get(seat.number) !== seat) return media.left(alias, seat.number);
        if (answer !== undefined) this.ports.relay.joined?.(alias, seat.number, answer.pwd);
        if (seat.connection !== one) return;
        if (answer === undefined) one.refuse("unavailable");
        else one.send({ type: "media", media: answer });
      },
      (error) => {
        faults.caught("joining the media", error);
        if (seat.connection === one) one.refuse("unavailable");
      },
    );
  }

  /** Counts a join, where it may be. @returns 0, or after how many milliseconds it may. */
  private mayJoin(seat: Seat, prefix: string | undefined, nowMs: number): number {
    const { burst, eachMs } = joinsOfSeat;
    const before = Math.max(0, seat.joins - Math.max(0, nowMs - (seat.joinedMs ?? nowMs)) / eachMs);
    if (before + 1 > burst) return Math.ceil((before + 1 - burst) * eachMs);
    if (!this.joins.has("", nowMs)) return this.joins.waitMs(nowMs);
    if (prefix !== undefined && !this.joinsByPrefix.take(prefix, nowMs)) return this.joinsByPrefix.waitMs(nowMs);
    this.joins.take("", nowMs);
    seat.joins = before + 1;
    return 0;
  }

  /** Among those whose media is forwarded: a seat counts from its first join until it goes. */
  private takeMediaSeat(seat: Seat, prefix: string | undefined): boolean {
    if (seat.leaveMedia !== undefined) return true;
    // @checks CA132
    if (!this.mediaSeats.enter(prefix)) return false;
    seat.leaveMedia = () => this.mediaSeats.leave(prefix);
    return true;
  }

  /** A seat that was refused is asked to join anew once it may: its page waits for an answer. */
  private askLater(seat: Seat, waitMs: number): void {
    seat.stopAsking?.();
    seat.stopAsking = this.ports.clock.after(waitMs, () => seat.connection?.send({ type: "mediaGone" }));
  }
}
