/**
 * What an independent test suite, libiscsi's {@code iscsi-test-cu}, finds about the target.
 *
 * <p>Owns the table of what is expected of each of its tests, {@code it/conformance.tsv}.
 */
package io.tharsis.it.conformance;
