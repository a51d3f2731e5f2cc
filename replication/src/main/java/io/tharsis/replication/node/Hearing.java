package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Asks members of a resource, all at once, how far they are and whether one of them is the primary
 * at this moment. A link may be there long after its node has gone: only who answers at once has
 * not been promoted, and has not written, without this node knowing. Lives on the node's owner.
 */
final class Hearing {

  /** So long an answer may take, and is it worth anything. */
  static final Duration LIMIT = Duration.ofSeconds(1);

  private final Surroundings around;
  private final SortedMap<UUID, Long> heard = new TreeMap<>();
  private final Async<SortedMap<UUID, Long>> result = new Async<>();
  private int missing;

  Hearing(Surroundings around) {
    this.around = around;
  }

  /** Who is not the primary, with how far its log is; whose log is not open is not among them. */
  Async<SortedMap<UUID, Long>> ask(UUID resource, List<UUID> members) {
    missing = members.size();
    Clock.Timer limit = around.seams().home().clock().after(LIMIT, this::end);
    result.observe(done -> limit.cancel(), cause -> {});
    members.forEach(member ->
        around
            .peers()
            .ask(member, new HandoverInquiry.Stand(resource), LIMIT)
            .then(body -> Answers.read(body, HandoverInquiry.Stood::decode))
            .observe(stood -> answered(member, stood), cause -> answered()));
    if (members.isEmpty()) {
      end();
    }
    return result;
  }

  private void answered(UUID member, HandoverInquiry.Stood stood) {
    if (!stood.primary() && stood.durableLsn() > 0) {
      heard.put(member, stood.durableLsn());
    }
    answered();
  }

  private void answered() {
    missing--;
    if (missing == 0) {
      end();
    }
  }

  private void end() {
    if (!result.isDone()) {
      result.succeed(new TreeMap<>(heard));
    }
  }
}
