/**
 * A node whose world fails: no space, disks that fail or are not the right ones, a log that cannot
 * be written. Each trouble ends in the state that has a name for it, can be seen, is recovered from
 * where that is possible, and costs no acknowledged byte.
 */
package io.tharsis.it.trouble;
