package io.tharsis.it.initiator;

import java.util.Optional;

/**
 * The end of one command. Immutable.
 *
 * @param status SCSI status or the reason for its absence
 * @param sense present with CHECK CONDITION
 * @param underflowBytes bytes that were expected and not transferred (RFC 7143, 11.4.5.1)
 * @param overflowBytes bytes that did not fit the expected length
 */
public record CommandResult(
    CommandStatus status, Optional<Sense> sense, long underflowBytes, long overflowBytes) {

  /** GOOD without residual: the end of nearly every command, so it exists once. */
  public static final CommandResult GOOD = without(CommandStatus.GOOD);

  /** The end of what was in flight when the connection broke. */
  public static final CommandResult LOST = without(CommandStatus.LOST);

  static CommandResult without(CommandStatus status) {
    return new CommandResult(status, Optional.empty(), 0, 0);
  }

  /** ASYMMETRIC ACCESS STATE CHANGED, SPC-4 5.15.2. */
  private static final Sense ACCESS_CHANGED = new Sense(6, 0x2A, 0x06);

  /** Whether it was not begun, as the role of primary has moved: it is to be given again. */
  public boolean isAccessChanged() {
    return sense.filter(ACCESS_CHANGED::equals).isPresent();
  }

  /** Whether the target acknowledged the command. */
  public boolean isGood() {
    return status == CommandStatus.GOOD;
  }

  /**
   * Sense data, shortened to what decides (SPC-4, 4.5).
   *
   * @param key sense key, 4 bits
   * @param asc additional sense code
   * @param ascq additional sense code qualifier
   */
  public record Sense(int key, int asc, int ascq) {
    @Override
    public String toString() {
      return String.format("%X/%02X/%02X", key, asc, ascq);
    }
  }
}
