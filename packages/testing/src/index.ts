/**
 * @yanshu/testing: worlds of named people around a real server, and the simulator over them. Only
 * tests, bench and tools import it.
 */
export { harvest } from "./fuzz/corpus.ts";
export { decodersOf } from "./fuzz/decoders.ts";
export { fuzz } from "./fuzz/fuzz.ts";
export { type Chance, chanceFrom } from "./world/chance.ts";
export { SimClock, settled } from "./world/clock.ts";
export { withFullDisk } from "./world/full-disk.ts";
export { type Meddle, SimNetwork } from "./world/network.ts";
export { Person, type WrapPorts, worldDomain } from "./world/person.ts";
export { stepOf, World, type WorldOptions } from "./world/world.ts";
