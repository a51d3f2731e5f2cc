/**
 * The seams: the only way in which code that decides anything reaches the world.
 *
 * <p>Everything in these packages runs on one {@link io.tharsis.logfiles.seam.Owner}; every
 * operation of a seam is asynchronous and completes on that owner, never before the call that
 * started it has returned. Production binds the seams to the host ({@code
 * io.tharsis.logfiles.host}), tests bind them to a simulator with virtual time and one seed.
 */
package io.tharsis.logfiles.seam;
