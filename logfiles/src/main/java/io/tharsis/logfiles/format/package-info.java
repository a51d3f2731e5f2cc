/**
 * The bytes of the log: what a record, a logfile header, a checkpoint, a poison marker, a state
 * snapshot and a summary look like on the disk, and how much of what is found there can be trusted.
 *
 * <p>Owns every layout drawn in {@code docs/formats/} and nothing else: no file is opened here, no
 * clock read, nobody waited for. Writers are given values and fill buffers; readers are given
 * buffers and answer with a verdict. Whatever bytes they are given, readers never throw anything
 * but {@link io.tharsis.logfiles.format.FormatException}. All numbers are little-endian.
 *
 * <p>A buffer handed to a method of this package is used by one thread while the call lasts;
 * position and limit are the same afterwards.
 */
package io.tharsis.logfiles.format;
