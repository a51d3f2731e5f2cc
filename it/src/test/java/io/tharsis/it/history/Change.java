package io.tharsis.it.history;

/** One write or unmap as its initiator knows it. Owned by its {@link LunHistory}. */
public final class Change {

  /** When something happens that has not happened. */
  static final long NEVER = Long.MAX_VALUE;

  /** What a change does to its blocks. */
  public enum Kind {
    WRITE,
    UNMAP
  }

  private final Kind kind;
  private final long sequence;
  private final int from;
  private final int to;
  private final long issuedAt;
  private long acknowledgedAt = NEVER;
  private boolean mustSurvive;

  Change(Kind kind, long sequence, int from, int to, long issuedAt) {
    this.kind = kind;
    this.sequence = sequence;
    this.from = from;
    this.to = to;
    this.issuedAt = issuedAt;
  }

  void acknowledge(long now, boolean stable) {
    if (acknowledgedAt != NEVER) {
      throw new IllegalStateException(this + " acknowledged twice");
    }
    acknowledgedAt = now;
    mustSurvive = stable;
  }

  Kind kind() {
    return kind;
  }

  /** What the stamps of its blocks say. */
  public long sequence() {
    return sequence;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  long issuedAt() {
    return issuedAt;
  }

  long acknowledgedAt() {
    return acknowledgedAt;
  }

  boolean mustSurvive() {
    return mustSurvive;
  }

  /** Whether the log may hold it behind {@code other}: nothing the initiator saw forbids it. */
  boolean mayFollow(Change other) {
    return this == other || acknowledgedAt > other.issuedAt;
  }

  @Override
  public String toString() {
    return "%s %d of [%d, %d) issued at %d, %s"
        .formatted(
            kind,
            sequence,
            from,
            to,
            issuedAt,
            acknowledgedAt == NEVER ? "not acknowledged" : "acknowledged at " + acknowledgedAt);
  }
}
