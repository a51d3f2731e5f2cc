/**
 * What an initiator knows about a volume it has changed, and whether what the volume holds after a
 * crash can be explained by it.
 */
package io.tharsis.it.history;
