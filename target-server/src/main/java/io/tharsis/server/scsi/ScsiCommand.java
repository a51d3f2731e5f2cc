package io.tharsis.server.scsi;

/**
 * A command as the transport received it.
 *
 * @param nexus whose command it is
 * @param lun the 8-byte logical unit number, SAM-5 4.7, as a big-endian number
 * @param taskTag identifies the task among the nexus' outstanding ones (iSCSI: Initiator Task Tag)
 * @param cdb the command descriptor block, 6 to 260 bytes; not changed by anybody afterwards
 * @param attribute how it is ordered in the task set
 * @param expectedBytes bytes the initiator expects to transfer (EDTL)
 * @param direction which way it expects to transfer them
 */
public record ScsiCommand(
    Nexus nexus,
    long lun,
    int taskTag,
    byte[] cdb,
    TaskAttribute attribute,
    int expectedBytes,
    Direction direction) {

  /** Which way data goes, as the initiator says (R and W bits). */
  public enum Direction {
    NONE,
    READ,
    WRITE,
    BOTH
  }

  /** Task attributes, SAM-5 8.7. */
  public enum TaskAttribute {
    UNTAGGED,
    SIMPLE,
    ORDERED,
    HEAD_OF_QUEUE,
    ACA
  }
}
