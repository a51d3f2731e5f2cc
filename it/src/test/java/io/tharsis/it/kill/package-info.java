/**
 * A node that is killed again and again under load, and what its disks must hold afterwards.
 *
 * <p>Owns the load, the book of what was acknowledged and the judgement; the gate runs some rounds
 * of it, {@code it/soak} as many as there is time for.
 */
package io.tharsis.it.kill;
