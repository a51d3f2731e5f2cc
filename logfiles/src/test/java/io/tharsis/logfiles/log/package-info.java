/** Tests of the log, and a log that other modules' tests can write. */
package io.tharsis.logfiles.log;
