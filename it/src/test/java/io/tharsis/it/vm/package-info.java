/**
 * A node and the initiator most people have: Debian's kernel and open-iscsi, in an emulated machine
 * that {@code it/vm/run} makes and starts. Owns the conversation with that machine.
 */
package io.tharsis.it.vm;
