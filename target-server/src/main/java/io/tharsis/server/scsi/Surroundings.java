package io.tharsis.server.scsi;

import io.netty.buffer.ByteBufAllocator;
import io.tharsis.logfiles.seam.Owner;

/**
 * What every part of a target device needs of its world.
 *
 * @param owner on which everything runs
 * @param allocator where data buffers come from
 */
record Surroundings(Owner owner, ByteBufAllocator allocator) {}
