/**
 * Whole lives of a resource in the simulator, and the oracles that judge them. Owns the model of
 * what was asked for ({@link io.tharsis.logfiles.scenario.History}), the table of which trouble
 * excuses which refusal ({@link io.tharsis.logfiles.scenario.Trouble}), the scenario that a seed
 * stands for, the planted bugs that must be found, and the endless run of seeds.
 *
 * <p>Every 512-byte block that is written carries its place and the number of its write, so what is
 * read back says which write it stems from. Published with this module's test jar.
 */
package io.tharsis.logfiles.scenario;
