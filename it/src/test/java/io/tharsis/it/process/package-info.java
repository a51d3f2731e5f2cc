/**
 * The processes that the integration tests start: {@code tharsis serve} and the clients.
 *
 * <p>Owns where a checkout keeps what it is made of, how a process is started, awaited and ended,
 * and that none of them outlives its test.
 */
package io.tharsis.it.process;
