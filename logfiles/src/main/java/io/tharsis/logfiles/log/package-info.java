/**
 * The transaction log of one resource: logfiles, group commit, watermarks, recovery, retention.
 *
 * <p>Owns the files of {@code resource-NAME/}. Runs on the resource's owner; no thread, no lock.
 */
package io.tharsis.logfiles.log;
