/**
 * The command line {@code tharsis}: parse, call, render.
 *
 * <p>Owns the verbs that are not the daemon itself, their tables and their {@code --json} output.
 */
package io.tharsis.cli;
