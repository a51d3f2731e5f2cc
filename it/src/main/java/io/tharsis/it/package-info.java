/**
 * Real processes, real clients, fault injection and benchmarks.
 *
 * <p>Will own: what starts and kills nodes, drives initiators against them and judges the outcome.
 * It may use every module; no module uses it.
 */
package io.tharsis.it;
