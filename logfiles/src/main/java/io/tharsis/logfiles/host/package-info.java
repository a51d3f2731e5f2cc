/**
 * The seams bound to a Linux host: files and block devices through libc, the system's clocks and
 * randomness. The only package of this module that has threads; every one of them belongs to an
 * {@link io.tharsis.logfiles.host.IoThreads} or a {@link io.tharsis.logfiles.host.ThreadOwner}, has
 * a name and is counted. Completions are always posted to the owner.
 */
package io.tharsis.logfiles.host;
