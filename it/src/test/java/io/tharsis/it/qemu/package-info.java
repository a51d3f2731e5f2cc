/** QEMU's and libiscsi's own programs against a served disk: what a person would use first. */
package io.tharsis.it.qemu;
