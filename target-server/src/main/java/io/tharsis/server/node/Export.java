package io.tharsis.server.node;

import io.tharsis.server.iscsi.IscsiTarget;
import io.tharsis.server.scsi.VolumeTargetDevice;

/**
 * A resource that initiators can reach through this node. Made by {@link Exports}; lives on the
 * resource's loop.
 *
 * @param target what they log in to
 * @param device behind it, to be told what becomes different
 */
public record Export(IscsiTarget target, VolumeTargetDevice device) {}
