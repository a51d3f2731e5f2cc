/**
 * An initiator that shares no code with the target: Debian's libiscsi, driven through the foreign
 * function interface.
 *
 * <p>This package owns the native sessions of tests and benchmarks, the command descriptor blocks
 * they send, and the stamps and ledgers with which a test proves that an acknowledged write
 * survived a crash.
 */
package io.tharsis.it.initiator;
