package io.tharsis.replication.control;

import java.time.Instant;
import java.util.List;

/** What became of a verb that was carried out, or would become of it in a dry run. */
public sealed interface Outcome {

  /**
   * It is as it was asked for.
   *
   * @param changed whether it was not so before
   * @param steps what was done for it, or would be done, in order; sentences without a full stop
   */
  record Done(boolean changed, List<String> steps) implements Outcome {
    /** Lists that nobody changes. */
    public Done {
      steps = List.copyOf(steps);
    }

    /** Nothing had to be done. */
    public static Done already(String fact) {
      return new Done(false, List.of(fact));
    }
  }

  /**
   * A token was made. It is a secret: whoever has it can join.
   *
   * @param token what to give to {@code join-cluster}
   * @param peer {@code HOST:PORT} where it can be redeemed
   * @param expires when it ends
   */
  record TokenMade(String token, String peer, Instant expires) implements Outcome {
    /** Without the token: it is a secret. */
    @Override
    public String toString() {
      return "TokenMade[peer=" + peer + ", expires=" + expires + "]";
    }
  }

  /**
   * The cluster's CA, under a pass phrase.
   *
   * @param export PEM text for {@code ca-import}
   */
  record CaExported(String export) implements Outcome {}

  /**
   * Copies were compared.
   *
   * @param lsn the place in the log at which the last region was compared
   * @param members what was found at each secondary
   */
  record Verified(long lsn, List<MemberFinding> members) implements Outcome {
    /** Lists that nobody changes. */
    public Verified {
      members = List.copyOf(members);
    }

    /** Whether every copy was compared wholly and is equal. */
    public boolean equal() {
      return members.stream().allMatch(m -> m.differing().isEmpty() && m.skipped().isEmpty());
    }
  }

  /**
   * What a comparison found at one member.
   *
   * @param comparedBytes how much of it was compared
   * @param differing regions that are not as at the primary
   * @param skipped why not all of it was compared; empty if all was
   * @param repairing whether the differing regions are being synced
   */
  record MemberFinding(
      String host, long comparedBytes, List<Region> differing, String skipped, boolean repairing) {
    /** Lists that nobody changes. */
    public MemberFinding {
      differing = List.copyOf(differing);
    }
  }

  /** A range of a volume, in bytes. */
  record Region(int volume, long offset, long lengthBytes) {}
}
