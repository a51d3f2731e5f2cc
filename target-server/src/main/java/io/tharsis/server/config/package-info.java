/**
 * What the file {@code node.toml} in a data directory says about a node.
 *
 * <p>Owns every key with its form, default and meaning, which {@code docs/reference/node-toml.md}
 * writes out, and the checks that need nothing but the file. Reads; starts nothing.
 */
package io.tharsis.server.config;
