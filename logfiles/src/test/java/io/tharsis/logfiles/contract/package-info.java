/**
 * What every binding of the seams must do: one suite, run against the host and against the
 * simulator, so that what is proved with the one holds for the other.
 */
package io.tharsis.logfiles.contract;
