package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.ResourceDocument.Member;
import io.tharsis.replication.directory.Switches;
import io.tharsis.replication.directory.Views;
import io.tharsis.replication.link.Certified;
import io.tharsis.replication.node.Verbs.Plan;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What this node does because another one asks: as primary of a resource, or because it has the CA.
 * Lives on the node's owner.
 */
final class Hosting {

  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Surroundings around;
  private final Verbs.Register register;
  private final ResourceTeller resources;
  private final Facts facts;

  Hosting(Surroundings around, Verbs.Register register) {
    this.around = around;
    this.register = register;
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
  }

  private Views view() {
    return around.directory().view();
  }

  /** Does what a node asks; fails with a refusal. */
  Async<Blob> asked(UUID by, Inquiry inquiry) {
    return switch (inquiry) {
      case HandoverInquiry handover -> asked(by, handover);
      case Inquiry.Admit admit ->
          primary(admit.resource()).then(here -> here.inTurn(() -> admit(here, by, admit)));
      case Inquiry.Dismiss dismiss ->
          primary(dismiss.resource())
              .then(here -> here.inTurn(() -> dismiss(here, dismiss)))
              .map(done -> Blob.EMPTY);
      case Inquiry.Revoke(UUID node) -> revoke(by, node).map(done -> Blob.EMPTY);
      case Inquiry.Renew(Blob request) -> renew(by, request);
      case Inquiry.Absorb(Blob document) -> absorb(document).map(done -> Blob.EMPTY);
      case Inquiry.Compare compare ->
          secondary(by, compare.resource()).then(here -> here.replica().digest(compare));
      case Inquiry.GoOn(UUID resource) ->
          secondary(by, resource).then(here -> here.replica().goOn()).map(done -> Blob.EMPTY);
      case Inquiry.PrepareSize(UUID resource, long sizeBytes) ->
          secondary(by, resource).then(here -> prepareSize(here, sizeBytes));
      case Inquiry.Repair(UUID resource, RegionSet regions) ->
          secondary(by, resource)
              .then(here -> here.replica().repair(regions))
              .map(done -> Blob.EMPTY);
    };
  }

  private Async<Blob> asked(UUID by, HandoverInquiry inquiry) {
    Optional<Tenancy> found =
        register.find(inquiry.resource()).filter(one -> !one.deed().isClient());
    if (found.isEmpty()) {
      return inquiry instanceof HandoverInquiry.Accept
          ? Async.of(answer(false))
          : Async.failed(new IOException("there is no replica here"));
    }
    if (!resources.isMember(inquiry.resource(), by)) {
      return Async.failed(
          new IOException("node " + facts.nameOf(by) + " is no member of the resource"));
    }
    Tenancy here = found.get();
    return switch (inquiry) {
      case HandoverInquiry.Survey _ -> survey(here).map(HandoverInquiry.Surveyed::encode);
      case HandoverInquiry.Stand _ ->
          here.inTurn(() -> stood(by, here)).map(HandoverInquiry.Stood::encode);
      case HandoverInquiry.Freeze(UUID _, UUID membership) ->
          here.inTurn(() -> here.yielding().freeze(membership)).map(HandoverInquiry.Frozen::encode);
      case HandoverInquiry.Thaw(UUID _, UUID membership) ->
          here.inTurn(() -> {
            here.yielding().thaw(membership);
            return Async.of(Blob.EMPTY);
          });
      case HandoverInquiry.Grant grant ->
          here.inTurn(() -> here.yielding().grant(by, grant))
              .map(handed -> {
                here.settleNow().observe(done -> {}, cause -> {});
                return handed.encode();
              });
      case HandoverInquiry.Accept accept ->
          here.inTurn(() -> accept(here, accept)).map(Hosting::answer);
      case HandoverInquiry.Begun(UUID _, UUID epochId) -> {
        here.yielding().begun(epochId);
        yield Async.of(Blob.EMPTY);
      }
    };
  }

  private static Blob answer(boolean yes) {
    return Inquiry.bytes(into -> into.putByte(yes ? 1 : 0));
  }

  private static Async<HandoverInquiry.Stood> stood(UUID by, Tenancy here) {
    boolean another =
        here.deed().granted().filter(it -> !it.isToAnybody() && !it.node().equals(by)).isPresent();
    return here.freshReport()
        .map(seen ->
            new HandoverInquiry.Stood(
                seen.map(now -> now.marks().durable()).orElse(0L),
                here.deed().isPrimary() || another || here.isUnsure()));
  }

  private Async<HandoverInquiry.Surveyed> survey(Tenancy here) {
    return here.freshReport()
        .then(seen ->
            seen.filter(any -> here.isServing() || here.deed().granted().isPresent())
                .map(now ->
                    Async.of(
                        new HandoverInquiry.Surveyed(
                            now.marks().durable(),
                            now.rates().write(),
                            resources.said(here.deed().resource()))))
                .orElseGet(() -> Async.failed(here.yielding().notServing().thrown())));
  }

  /**
   * What was handed over is taken, whoever has asked for it and forgotten that; false if it never
   * will be.
   */
  private Async<Boolean> accept(Tenancy here, HandoverInquiry.Accept accept) {
    HandoverInquiry.Handed handed = accept.handed();
    Deed deed = here.deed();
    boolean anew =
        !deed.membership().equals(accept.membership()) || deed.stage() != Deed.Stage.MEMBER;
    if (anew) {
      return here.isUnsure() ? notNow() : Async.of(false);
    }
    return here.freshReport()
        .then(seen -> {
          if (hasBegun(deed, seen, handed.epochId())) {
            return Async.of(true);
          }
          boolean whole =
              !deed.isPrimary()
                  && Takeover.objection(here, false).isEmpty()
                  && Takeover.isWhole(seen.orElseThrow(), handed)
                  && resources.since(deed.resource(), handed.end().epoch()).isEmpty();
          return whole ? taken(here, handed) : notNow();
        });
  }

  private Async<Boolean> taken(Tenancy here, HandoverInquiry.Handed handed) {
    return Takeover.accept(here, around, handed)
        .map(done -> {
          here.settleNow().observe(any -> {}, cause -> {});
          return true;
        });
  }

  private static <T> Async<T> notNow() {
    return Async.failed(new IOException("the replica here cannot be the primary now"));
  }

  private static boolean hasBegun(Deed deed, Optional<Report> seen, UUID epoch) {
    boolean accepted = deed.succession().filter(it -> it.epochId().equals(epoch)).isPresent();
    return accepted
        || seen.stream()
            .flatMap(now -> now.epochs().stream())
            .anyMatch(it -> it.id().equals(epoch));
  }

  private Async<Blob> prepareSize(Tenancy here, long sizeBytes) {
    String node = around.setting().name();
    return here.replica()
        .prepareSize(sizeBytes)
        .map(ready -> Inquiry.bytes(into -> into.putByte(ready ? 1 : 0)))
        .orElse(cause -> Async.failed(Upkeep.notReady(node, sizeBytes, cause).thrown()));
  }

  /** The replica here, if its primary asks. */
  private Async<Tenancy> secondary(UUID by, UUID resource) {
    Optional<Tenancy> here = register.find(resource);
    if (here.isEmpty()) {
      return Async.failed(new IOException("there is no replica here"));
    }
    return resources.primaryOf(resource).filter(by::equals).isPresent()
        ? Async.of(here.get())
        : Async.failed(new IOException("node " + facts.nameOf(by) + " is not the primary"));
  }

  private Async<Tenancy> primary(UUID resource) {
    Optional<Tenancy> here = register.find(resource).filter(one -> one.deed().isPrimary());
    if (here.isPresent() && here.get().isOpen()) {
      return Async.of(here.get());
    }
    return Async.failed(
        Refusal.host(
                "primary-not-open",
                "node %s is not serving the resource".formatted(around.setting().name()),
                "tharsis view there")
            .thrown());
  }

  // ---- as primary, within a turn of the tenancy ----

  private Async<Blob> admit(Tenancy here, UUID member, Inquiry.Admit admit) {
    Optional<Member> listed =
        resources.newest(admit.resource()).flatMap(shown -> shown.content().member(member));
    boolean known = listed.filter(one -> one.membership().equals(admit.membership())).isPresent();
    if (view().node(member).isEmpty()) {
      return Async.failed(new IOException("node " + member + " is not known here yet"));
    }
    return here.counting()
        .admit(member, admit.anew() || !known)
        .then(base -> base.map(Async::of).orElseGet(() -> Async.failed(notYet().thrown())))
        .then(base ->
            here.report()
                .map(seen ->
                    resources.enlist(
                        here.deed(), seen, new Member(member, admit.membership(), Switches.ON)))
                .orElseGet(() -> Async.failed(notYet().thrown()))
                .then(done -> delta(here, admit, base))
                .map(delta -> admitted(here.deed(), base, delta).encode()));
  }

  /** What the member misses; where that is not known it looks at everything. */
  private static Async<Optional<Delta>> delta(Tenancy here, Inquiry.Admit admit, long base) {
    return admit
        .standing()
        .map(standing ->
            here.replica().delta(standing, base).orElse(unread -> Async.of(Optional.empty())))
        .orElseGet(() -> Async.of(Optional.empty()));
  }

  private static Refusal notYet() {
    return Refusal.host("primary-not-open", "the log is not ready yet", "the same again");
  }

  private static Inquiry.Admitted admitted(Deed deed, long base, Optional<Delta> delta) {
    WriteCacheMode cache = deed.holding().writeCache();
    return new Inquiry.Admitted(base, deed.holding().sizeBytes().orElse(0), cache, delta);
  }

  private Async<Void> dismiss(Tenancy here, Inquiry.Dismiss dismiss) {
    Optional<Member> listed =
        resources
            .newest(dismiss.resource())
            .flatMap(shown -> shown.content().member(dismiss.node()))
            .filter(member ->
                dismiss.membership().isEmpty()
                    || dismiss.membership().get().equals(member.membership()));
    if (listed.isEmpty() || here.report().isEmpty()) {
      return Async.done();
    }
    return resources
        .strike(here.deed(), here.report().get(), dismiss.node())
        .then(done -> here.counting().dismiss(dismiss.node()));
  }

  // ---- with the CA ----

  /** Only over a link: what the other end has shown there is what it asks with. */
  private Async<Blob> renew(UUID by, Blob request) {
    Optional<BigInteger> serial = around.peers().certified(by).map(Certified::serial);
    if (serial.isEmpty() && !by.equals(self())) {
      return Async.failed(new IOException("the link was closed"));
    }
    return around.seams().trust().renew(by, serial, request);
  }

  private Refusal noAuthority() {
    return Refusal.forbidden(
        "no-ca",
        "node %s does not have the CA".formatted(around.setting().name()),
        "the same on the node that has it");
  }

  /** Whoever brings it: the CA has signed it. */
  private Async<Void> absorb(Blob document) {
    return around.seams().trust().holdsAuthority()
        ? around.seams().trust().absorb(document).then(this::publish)
        : Async.failed(noAuthority().thrown());
  }

  private Async<Void> publish(Trust.Signed signed) {
    return around
        .directory()
        .writeCluster(signed.content(), signed.counter())
        .map(done -> (Void) null);
  }

  private Async<Void> revoke(UUID by, UUID node) {
    if (!around.seams().trust().holdsAuthority()) {
      return Async.failed(noAuthority().thrown());
    }
    String name = facts.nameOf(node);
    if (!node.equals(by) && around.peers().isLinked(node)) {
      return Async.failed(alive(name).thrown());
    }
    return around
        .seams()
        .trust()
        .revoke(node)
        .then(this::publish)
        .then(done -> around.directory().delete(Key.node(node), name))
        .map(done -> (Void) null);
  }

  /** Why this node is no member any more; empty if it is, or does not know better. */
  static Optional<String> expulsion(Surroundings around) {
    return around
        .seams()
        .trust()
        .objectionToSelf()
        .filter(Trust.Objection::revoked)
        .map(why -> "this node is not trusted any more: " + why.words())
        .or(() -> around.peers().expulsion().map(words -> "this node was thrown out: " + words));
  }

  /** Takes this node, or one that is gone, out of the cluster, as far as the cluster knows. */
  Async<Plan> leave(Command.LeaveCluster leave) {
    return leave.local()
        ? new Forgetting(around, register).forget(leave.acceptLoss())
        : leaveInOrder(leave);
  }

  private Async<Plan> leaveInOrder(Command.LeaveCluster leave) {
    String host = leave.host().orElse(around.setting().name());
    List<UUID> nodes = view().nodesNamed(host);
    boolean here = leave.host().isEmpty() || nodes.contains(self());
    if (!here && nodes.isEmpty()) {
      return Async.of(Plan.already("no node of this cluster is called " + host));
    }
    UUID node = here ? self() : nodes.getFirst();
    Optional<Refusal> objection = objection(node, host, here);
    if (objection.isPresent()) {
      return Async.failed(objection.get().thrown());
    }
    String step = "revoke the certificate of " + host + ", for ever";
    if (here && isAlone(around)) {
      return Async.of(Plan.of(Async::done, step));
    }
    UUID ca = around.seams().trust().holder();
    return Async.of(Plan.of(() -> haveRevoked(ca, node), step).needing(ca));
  }

  private Async<Void> haveRevoked(UUID ca, UUID node) {
    return around
        .peers()
        .ask(ca, new Inquiry.Revoke(node), ANSWER)
        .map(done -> (Void) null)
        // the link may end under the answer; who is refused as revoked has what it asked for
        .orElse(cause ->
            node.equals(self()) && expulsion(around).isPresent()
                ? Async.done()
                : Async.failed(cause));
  }

  private UUID self() {
    return around.setting().self().node();
  }

  /** The directory may not have heard of everybody, or not any more. */
  static boolean isAlone(Surroundings around) {
    return around.seams().trust().otherMembers() == 0;
  }

  private Optional<Refusal> objection(UUID node, String host, boolean here) {
    List<String> held =
        here
            ? register.all().stream().map(one -> one.deed().name()).toList()
            : view().resources().stream()
                .filter(id -> resources.isMember(id, node))
                .flatMap(id -> resources.newest(id).stream())
                .map(shown -> shown.content().name())
                .toList();
    if (!held.isEmpty()) {
      return Optional.of(
          Refusal.forbidden(
              "has-resources",
              "%s has replicas of %s".formatted(host, String.join(", ", held)),
              "tharsis leave-resource for each of them"));
    }
    if (here && around.seams().trust().holdsAuthority() && !isAlone(around)) {
      return Optional.of(
          Refusal.forbidden(
              "ca-here",
              "%s has the cluster's CA, and without it nobody can join or be revoked"
                  .formatted(host),
              "tharsis ca-export here and ca-import at another node, or leave with the others"
                  + " first"));
    }
    if (here) {
      return expulsion(around)
          .map(why ->
              Refusal.forbidden(
                  "thrown-out", why + "; nobody would hear it leave", "leave-cluster --local"));
    }
    return around.peers().isLinked(node) ? Optional.of(alive(host)) : Optional.empty();
  }

  private static Refusal alive(String host) {
    return Refusal.forbidden(
        "node-alive",
        "node %s is alive and can leave by itself".formatted(host),
        "tharsis leave-cluster there");
  }
}
