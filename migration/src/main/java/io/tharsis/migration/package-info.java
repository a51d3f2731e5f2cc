/**
 * Background moves as plans of resumable steps.
 *
 * <p>Will own: plans, their steps and their progress; it operates nodes only through {@code
 * io.tharsis.replication.control}. Nothing of it exists yet.
 */
package io.tharsis.migration;
