package io.tharsis.replication.member;

import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Bugs that a primary could have that keeps a promise; as {@link PlantedBugs}. */
final class PromiseBugs {

  private PromiseBugs() {}

  /** What a member says of itself is heard otherwise. */
  private record Heard(UnaryOperator<LogMessage.Progress> otherwise) implements Planting {
    @Override
    public boolean isAboutPromises() {
      return true;
    }

    @Override
    public Function<Hello.Purpose, Acceptance> door(Function<Hello.Purpose, Acceptance> door) {
      return purpose ->
          door.apply(purpose) instanceof Acceptance.Accepted accepted
              ? new Acceptance.Accepted(accepted.home(), new Mishearing(accepted.handler(), this))
              : door.apply(purpose);
    }
  }

  private record Mishearing(LinkHandler behind, Heard how) implements LinkHandler {
    @Override
    public void opened(Link link) {
      behind.opened(link);
    }

    @Override
    public void received(Link link, Message message) {
      behind.received(
          link,
          message instanceof LogMessage.Progress said ? how.otherwise().apply(said) : message);
    }

    @Override
    public void roomAgain(Link link) {
      behind.roomAgain(link);
    }

    @Override
    public void closed(Link link, LinkEnd end) {
      behind.closed(link, end);
    }
  }

  /** A member counts that could not be promoted. */
  static Planting countsTheInconsistent() {
    return new Heard(said ->
        new LogMessage.Progress(said.durableLsn(), said.checkpointLsn(), said.creditBytes(), true));
  }

  /** A write is answered that no member has, without a word in the log. */
  static Planting answersEarly() {
    return new Planting() {
      @Override
      public boolean isAboutPromises() {
        return true;
      }

      @Override
      public void meddle(PrimaryReplica primary, Collection<UUID> silent) {
        primary.resource().answers().upTo(Long.MAX_VALUE);
      }
    };
  }
}
