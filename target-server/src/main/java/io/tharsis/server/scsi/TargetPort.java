package io.tharsis.server.scsi;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * How initiators reach a target through this node.
 *
 * @param targetName the iSCSI name of the target
 * @param groups of all nodes, as they are at first
 * @param control who moves roles when an initiator asks
 */
public record TargetPort(String targetName, PortGroups groups, AccessControl control) {

  /** The port of a node that serves the target alone. */
  public static TargetPort alone(String targetName) {
    return new TargetPort(targetName, PortGroups.alone(), AccessControl.IMPLICIT);
  }

  /** SCSI name string of the port, RFC 7143 4.2.7.2, without padding: the portal group as hex. */
  byte[] name() {
    String tag = HexFormat.of().toHexDigits((short) groups.own());
    return (targetName + ",t,0x" + tag).getBytes(StandardCharsets.UTF_8);
  }
}
