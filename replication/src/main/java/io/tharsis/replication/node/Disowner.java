package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.replication.directory.ResourceDocument.Member;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Tells primaries that count this node in a membership that it does not have: one for which it was
 * counted when nobody waited for that any more. Without this they would keep log for nobody. A node
 * asks to be counted only while it has a durable deed, so one without is no member. Lives on the
 * node's owner.
 */
final class Disowner {

  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Surroundings around;
  private final ResourceTeller resources;
  private final Supplier<Set<UUID>> memberships;
  private Optional<Clock.Timer> timer = Optional.empty();

  /**
   * @param memberships that this node has, or may have
   */
  Disowner(Surroundings around, Supplier<Set<UUID>> memberships) {
    this.around = around;
    this.resources = new ResourceTeller(around);
    this.memberships = memberships;
  }

  /** Looks from now on. */
  void begin() {
    timer = Optional.of(around.seams().home().clock().after(PERIOD, this::look));
  }

  private void look() {
    begin();
    // What a deed is about that cannot be read is not known.
    if (around.deeds().remarks().isEmpty()) {
      Set<UUID> ours = memberships.get();
      around.directory().view().resources().forEach(resource -> look(resource, ours));
    }
  }

  private void look(UUID resource, Set<UUID> ours) {
    UUID self = around.setting().self().node();
    Optional<Member> listed =
        resources.newest(resource).flatMap(shown -> shown.content().member(self));
    Optional<UUID> primary =
        resources
            .primaryOf(resource)
            .filter(node -> !node.equals(self) && around.peers().isLinked(node));
    if (listed.isPresent() && primary.isPresent() && !ours.contains(listed.get().membership())) {
      Inquiry dismiss = new Inquiry.Dismiss(resource, self, Optional.of(listed.get().membership()));
      around
          .peers()
          .ask(primary.get(), dismiss, PATIENCE)
          .map(done -> (Void) null)
          .orElse(cause -> Async.done()) // it is asked again
          .observe(done -> {}, cause -> {});
    }
  }

  /** Looks no more. */
  void end() {
    timer.ifPresent(Clock.Timer::cancel);
  }
}
