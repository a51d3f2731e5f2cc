/**
 * The admin API of a node: {@link io.tharsis.replication.control.NodeControl} over HTTP, with JSON.
 *
 * <p>Owns the paths and statuses, who may ask, the limits of a request, and the server. What is
 * asked and answered belongs to {@code replication.control}; {@code docs/reference/admin-api.md}
 * tells all of it.
 */
package io.tharsis.server.admin;
