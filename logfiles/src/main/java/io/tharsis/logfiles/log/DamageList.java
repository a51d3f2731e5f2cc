package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.Checkpoint;
import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.RecordVerdict;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.format.Summary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one look has found to be wrong, each place once, and what is only worth knowing. Belongs to
 * the look.
 */
final class DamageList {

  private final List<LogReport.Damage> damages = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  List<LogReport.Damage> all() {
    return damages;
  }

  List<String> remarks() {
    return remarks;
  }

  void remark(String text) {
    remarks.add(text);
  }

  void ofResource(String reason) {
    damages.add(new LogReport.Damage("", OptionalLong.empty(), OptionalLong.empty(), reason));
  }

  void ofFile(String file, String reason) {
    damages.add(new LogReport.Damage(file, OptionalLong.of(0), OptionalLong.empty(), reason));
  }

  /** A logfile that is not the newest has to reach its end, with the digest that is continued. */
  void ofClosed(LogfileWalk walk, LogfileHeader next) {
    if (walk.stop().isPresent()) {
      at(walk.begun().name(), walk.header(), walk.endLsn(), words(walk.stop().get()));
    } else if (!next.predecessor().mayFollow(Optional.of(walk.contents().digest()))) {
      at(
          walk.begun().name(),
          walk.header(),
          walk.endLsn(),
          "the chain digest here is not the one that logfile " + next.number() + " continues");
    }
  }

  private void at(String file, LogfileHeader header, long lsn, String reason) {
    damages.add(
        new LogReport.Damage(
            file, OptionalLong.of(header.fileOffset(lsn)), OptionalLong.of(lsn), reason));
  }

  /** What recovery judged and whether it would open: no refusal goes without a damage. */
  void ofRecovery(List<Recovery.Finding> findings, LogReport.Verdict verdict) {
    for (Recovery.Finding finding : findings) {
      long lsn = finding.place().lsn();
      String what = words(finding.place().verdict()) + "; " + finding.row().reason();
      if (finding.row().verdict() != RecoveryTable.Verdict.CUT) {
        damages.removeIf(known -> known.lsn().equals(OptionalLong.of(lsn)));
        damages.add(
            new LogReport.Damage(
                finding.file(), OptionalLong.of(finding.fileOffset()), OptionalLong.of(lsn), what));
      } else if (!finding.isPlainEnd()) {
        remarks.add("the log ends in %s at LSN %d: %s".formatted(finding.file(), lsn, what));
      }
    }
    if (damages.isEmpty() && verdict instanceof LogReport.Verdict.Refused(var code, var message)) {
      ofResource(message);
    }
    damages.sort((a, b) -> Long.compare(place(a), place(b)));
  }

  private static long place(LogReport.Damage damage) {
    return damage.lsn().orElse(-1);
  }

  /** A summary has to say what its logfile says. */
  void ofSummary(Summary kept, LogfileWalk walk) {
    if (walk.stop().isEmpty() && !encoded(kept).equals(encoded(walk.summary()))) {
      damages.add(
          new LogReport.Damage(
              walk.begun().name(),
              OptionalLong.empty(),
              OptionalLong.of(walk.endLsn()),
              "its summary, kept when it was closed, says something else than its records"));
    }
  }

  private static ByteBuffer encoded(Summary summary) {
    try (Scratch scratch = new Scratch(Summary.MAX_BYTES)) {
      summary.encode(scratch);
      ByteBuffer bytes = ByteBuffer.allocate(scratch.sizeBytes());
      scratch.copyTo(bytes, 0);
      return bytes;
    }
  }

  /** Beside a sound slot, one that is not was being written when something cut it short. */
  void ofOtherSlot(Reading<Checkpoint> other) {
    Optional<String> remark =
        switch (other) {
          case Reading.Sound<Checkpoint> sound -> Optional.empty();
          case Reading.Blank<Checkpoint> blank -> Optional.empty();
          case Reading.Corrupt<Checkpoint> corrupt -> notInForce(other);
          case Reading.TooNew<Checkpoint> tooNew -> notInForce(other);
          case Reading.Foreign<Checkpoint> foreign -> notInForce(other);
        };
    remark.ifPresent(remarks::add);
  }

  private static Optional<String> notInForce(Reading<Checkpoint> other) {
    return Optional.of(
        "the checkpoint slot that is not in force is %s, as an update that was cut short leaves it"
            .formatted(other.words()));
  }

  private static String words(RecordVerdict verdict) {
    return switch (verdict) {
      case OK -> "whole";
      case NOT_A_RECORD -> "there is no record";
      case HEADER_CORRUPT -> "the record's header is damaged";
      case WRONG_LSN -> "the record belongs to another place";
      case TRUNCATED -> "the record goes on where the logfile has ended";
      case UNKNOWN_TYPE -> "the record is of a type that this program does not know";
      case UNKNOWN_FLAG -> "the record has a flag that this program does not know";
      case UNREADABLE_CODEC -> "the record is compressed in a way that this program cannot read";
      case BAD_LENGTH -> "the record's lengths contradict each other";
      case BODY_CORRUPT -> "the record's payload is damaged";
    };
  }
}
