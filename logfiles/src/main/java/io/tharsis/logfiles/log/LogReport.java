package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.Poison;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.format.StateSnapshot;
import io.tharsis.logfiles.format.Summary;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.UUID;

/**
 * What an inspection has found in a resource's directory. A value.
 *
 * @param directory where it looked
 * @param resourceId whose it is, as far as anything there says so
 * @param checkpoint which of the checkpoint's slots is in force
 * @param poison what the poison marker says; blank means that there is none
 * @param files every file for log, in order of number, spare ones behind
 * @param summaries of closed logfiles, in order of number
 * @param state the newest state that was found in the log
 * @param verdict what an opening would do
 * @param damages everything that is not as it should be, the first in the log first
 * @param remarks what is worth knowing and no damage
 */
public record LogReport(
    String directory,
    Optional<UUID> resourceId,
    Slots.Decision<Checkpoint> checkpoint,
    Reading<Poison> poison,
    List<File> files,
    List<Summary> summaries,
    Optional<StateSnapshot> state,
    Verdict verdict,
    List<Damage> damages,
    List<String> remarks) {

  /** Lists that nobody changes. */
  public LogReport {
    files = List.copyOf(files);
    summaries = List.copyOf(summaries);
    damages = List.copyOf(damages);
    remarks = List.copyOf(remarks);
  }

  /** What a file for log is there for. */
  public enum Use {
    /** It holds log, and the log goes on in the next one. */
    LOG,
    /** It held log once; the log does not go back that far any more. */
    HISTORY,
    /** It holds nothing of value: new, recycled, or prepared to be the next. */
    SPARE,
    /** Its header is damaged: torn when it was begun, or rotten. */
    DAMAGED,
    /** Its header is sound, and not for this resource or this program. */
    REFUSED
  }

  /**
   * A file for log.
   *
   * @param name of the file
   * @param sizeBytes of the file
   * @param use what it is there for
   * @param header what its header says
   * @param contents its records; of a file in use for log
   */
  public record File(
      String name,
      long sizeBytes,
      Use use,
      Reading<LogfileHeader> header,
      Optional<Contents> contents) {}

  /**
   * The whole records of a logfile.
   *
   * @param endLsn one past the last of them
   * @param digest the chain digest there
   * @param isSealed whether the file was closed in order
   * @param byType how many there are, by the code of their type
   */
  public record Contents(
      long endLsn, Digest digest, boolean isSealed, SortedMap<Integer, Count> byType) {}

  /**
   * Records of one type.
   *
   * @param records how many
   * @param payloadBytes what they carry
   */
  public record Count(long records, long payloadBytes) {
    Count with(int bytes) {
      return new Count(records + 1, payloadBytes + bytes);
    }
  }

  /**
   * Something that is not as it should be.
   *
   * @param file where; empty if no single file is at fault
   * @param fileOffset the place in it, where there is one
   * @param lsn the place in the log, where there is one
   * @param reason in words
   */
  public record Damage(String file, OptionalLong fileOffset, OptionalLong lsn, String reason) {}

  /** What an opening would do. */
  public sealed interface Verdict {
    /**
     * It would open.
     *
     * @param endLsn where the log ends, before the new epoch begins
     * @param isSealed whether it was closed in order
     */
    record Opens(long endLsn, boolean isSealed) implements Verdict {}

    /** It would refuse, and change nothing. */
    record Refused(LogDamage.Code code, String message) implements Verdict {}
  }

  /** Whether nothing is damaged and an opening would open. */
  public boolean isSound() {
    return damages.isEmpty() && verdict instanceof Verdict.Opens;
  }
}
