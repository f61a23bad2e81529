/**
 * What seats of one group's call say to each other: each a voice and a picture, as the app sends them, and each takes
 * those of the others, as many as the app takes.
 */
import type { MediaSeat } from "@yanshu/server/relay";

/** As the app has them. */
export const slots = { voiceSlots: 15, pictureSlots: 9 };
/** 44 packets of 1,100 bytes a second are 390 kbit/s of picture; 80 bytes in 20 ms are 32 kbit/s of voice. */
const pictureBytes = 1_100;
const picturesPerSecond = 44;
const voiceBytes = 80;
const voicesPerSecond = 50;

/** From now on, until `end`. */
export class GroupTalk {
  private readonly seats: readonly MediaSeat[];
  private readonly timer: ReturnType<typeof setInterval>;
  private voices = 0;
  private pictures = 0;

  constructor(seats: readonly MediaSeat[]) {
    this.seats = seats;
    const startMs = performance.now();
    // People do not speak in step: each seat's packets go a little after those of the one before.
    const clocks = seats.map((seat, at) => ({ seat, at: at / seats.length, voices: 0, pictures: 0 }));
    this.timer = setInterval(() => {
      for (const one of clocks) {
        const passed = (performance.now() - startMs) / 1_000 - one.at / voicesPerSecond;
        for (; one.voices < passed * voicesPerSecond; one.voices++, this.voices++) one.seat.speak(voiceBytes);
        for (; one.pictures < passed * picturesPerSecond; one.pictures++, this.pictures++) one.seat.show(pictureBytes);
      }
    }, 2);
  }

  /** Packets that came so far, and that were due to come: each is sent to every other seat that takes it. */
  counts(): { readonly received: number; readonly due: number } {
    const others = this.seats.length - 1;
    const due = this.voices * Math.min(others, slots.voiceSlots) + this.pictures * Math.min(others, slots.pictureSlots);
    return { received: this.seats.reduce((sum, one) => sum + one.received, 0), due };
  }

  end(): void {
    clearInterval(this.timer);
    for (const one of this.seats) one.close();
  }
}
