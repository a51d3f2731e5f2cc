/**
 * How requests, outcomes, refusals and views stand in JSON: what the admin API speaks, and what
 * {@code --json} shows.
 *
 * <p>Owns that form, written out in {@code docs/reference/admin-api.md}. Whoever reads a request
 * refuses fields it does not know; whoever reads an answer passes over them, so that a newer node
 * may say more.
 */
package io.tharsis.replication.control.json;
