package io.tharsis.replication.node;

import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.control.view.NodeView;
import io.tharsis.replication.control.view.ReplicaFacts;
import io.tharsis.replication.control.view.ReplicaView;
import io.tharsis.replication.control.view.ResourceView;
import io.tharsis.replication.directory.Alarm;
import io.tharsis.replication.directory.NodeDocument;
import io.tharsis.replication.directory.ReplicaDocument;
import io.tharsis.replication.directory.ResourceDocument;
import io.tharsis.replication.directory.Views;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Shows what a node knows. Lives on the node's owner. */
final class Viewer {

  private final Surroundings around;
  private final Verbs.Register register;
  private final Facts facts;
  private final ResourceTeller resources;
  private final Supplier<List<String>> trust;

  /**
   * @param trust what somebody must see of this node's certificate, and of the CA
   */
  Viewer(Surroundings around, Verbs.Register register, Supplier<List<String>> trust) {
    this.around = around;
    this.register = register;
    this.trust = trust;
    this.facts = new Facts(around);
    this.resources = new ResourceTeller(around);
  }

  private Views view() {
    return around.directory().view();
  }

  ClusterView cluster() {
    return new ClusterView(
        around.setting().name(),
        Optional.of(around.setting().cluster().toString()),
        view().nodes().stream()
            .map(this::node)
            .sorted(Comparator.comparing(NodeView::name).thenComparing(NodeView::id))
            .toList(),
        view().resources().stream()
            .flatMap(id -> resource(id).stream())
            .sorted(Comparator.comparing(ResourceView::name).thenComparing(ResourceView::id))
            .toList(),
        alarms());
  }

  private NodeView node(Views.Shown<NodeDocument> shown) {
    UUID id = shown.key().first();
    return new NodeView(
        shown.content().name(),
        id.toString(),
        shown.content().versions().program(),
        shown.content().addresses().stream()
            .filter(address -> address.purpose() == NodeDocument.Purpose.PEERS)
            .map(address -> new HostPort(address.host(), address.port()).toString())
            .toList(),
        around.peers().isLinked(id),
        view().age(shown));
  }

  private List<String> alarms() {
    List<String> alarms = new ArrayList<>();
    expulsion().or(this::untimely).ifPresent(alarms::add);
    alarms.addAll(trust.get());
    around.directory().alarms().forEach(alarm -> alarms.add(words(alarm)));
    around.deeds().remarks().forEach(words -> alarms.add("a deed cannot be read: " + words));
    register.all().stream()
        .filter(one -> one.deed().stage() == Deed.Stage.MAKING)
        .flatMap(one -> one.trouble().stream())
        .forEach(trouble -> alarms.add(trouble.toString()));
    return alarms;
  }

  private Optional<String> expulsion() {
    return Hosting.expulsion(around)
        .map(why ->
            why
                + ": no other node talks to this one. To forget the cluster here: tharsis"
                + " leave-cluster --local");
  }

  /** A clock that is wrong is no reason to forget the cluster. */
  private Optional<String> untimely() {
    return around
        .seams()
        .trust()
        .objectionToSelf()
        .map(why -> why.words() + ", by the clock of this node, which gets no new links: set it");
  }

  /** An alarm as a sentence. */
  String words(Alarm alarm) {
    return switch (alarm) {
      case Alarm.ClockAhead(UUID node, long millis) ->
          "the clock of node %s is %d s ahead of ours: nothing of it is believed but the cluster document"
              .formatted(facts.nameOf(node), millis / 1000);
      case Alarm.StampAhead(var key, UUID writer, long millis) ->
          "node %s wrote %s with a clock that is %d s ahead"
              .formatted(facts.nameOf(writer), key, millis / 1000);
      case Alarm.Copied(var key, UUID incarnation) ->
          "another daemon writes in this node's name: a copied machine or data directory";
      case Alarm.Contested(var key, var version) ->
          "two documents of one version say different things: %s %s".formatted(key, version);
      case Alarm.Split(UUID resource, int branches) ->
          "resource %s has %d branches".formatted(nameOfResource(resource), branches);
      case Alarm.Nonsense(UUID node, String reason) ->
          "node %s sent what is not understood: %s".formatted(facts.nameOf(node), reason);
      case Alarm.Full(var kind) -> "there is no room for more documents of kind " + kind;
      case Alarm.NotStored(var key, String reason) ->
          "document %s cannot be stored: %s".formatted(key, reason);
    };
  }

  private String nameOfResource(UUID resource) {
    return resources
        .newest(resource)
        .map(shown -> shown.content().name())
        .orElse(resource.toString());
  }

  private Optional<ResourceView> resource(UUID id) {
    return resources.newest(id).map(shown -> resource(id, shown));
  }

  private ResourceView resource(UUID id, Views.Shown<ResourceDocument> shown) {
    List<ReplicaView> replicas = new ArrayList<>();
    BranchFacts branches =
        new BranchFacts(resources.keepBranches(id), around.seams().home().clock().wallMillis());
    for (Copy copy : copies(id)) {
      replicas.add(ReplicaView.of(copy.facts()).with(branches.of(copy.branches())));
    }
    return new ResourceView(
        shown.content().name(),
        id.toString(),
        Facts.sizeBytes(shown.content()),
        resources.primaryOf(id).map(facts::nameOf),
        shown.version().epoch().number(),
        resources.settings(id),
        replicas,
        troubles(id, shown));
  }

  /** What is known of a copy. */
  private record Copy(ReplicaFacts facts, BranchTelling branches) {
    static Copy of(ReplicaFacts facts, Optional<Facts.Told> told) {
      return new Copy(
          facts, told.map(it -> BranchTelling.of(it.document())).orElse(BranchTelling.NONE));
    }
  }

  /** The facts of all members, and of this node's replica if it is none. */
  List<ReplicaFacts> replicas(UUID id) {
    return copies(id).stream().map(Copy::facts).toList();
  }

  private List<Copy> copies(UUID id) {
    Optional<Views.Shown<ResourceDocument>> shown = resources.newest(id);
    if (shown.isEmpty()) {
      return List.of();
    }
    Optional<ReplicaDocument> own =
        register.find(id).flatMap(Tenancy::said).map(it -> it.document());
    Facts.PrimarySaid primary = facts.primary(id, resources.primaryOf(id), own);
    int claims = view().branches(id).size();
    List<Copy> all = new ArrayList<>();
    for (Views.MemberView one : view().members(shown.get())) {
      UUID node = one.member().node();
      Optional<Facts.Told> told = told(one, own);
      all.add(Copy.of(facts.of(node, true, claims, told, primary), told));
    }
    UUID self = around.setting().self().node();
    if (own.isPresent() && shown.get().content().member(self).isEmpty()) {
      Optional<Facts.Told> told = own.map(it -> new Facts.Told(it, Duration.ZERO));
      all.add(Copy.of(facts.of(self, false, claims, told, primary), told));
    }
    all.sort(Comparator.comparing(copy -> copy.facts().host()));
    return all;
  }

  /** The facts of all but this node's own. */
  List<ReplicaFacts> others(UUID id) {
    return replicas(id).stream()
        .filter(one -> !one.host().equals(around.setting().name()))
        .toList();
  }

  private Optional<Facts.Told> told(Views.MemberView one, Optional<ReplicaDocument> own) {
    return one.member().node().equals(around.setting().self().node())
        ? own.map(it -> new Facts.Told(it, Duration.ZERO))
        : one.replica().map(shown -> new Facts.Told(shown.content(), view().age(shown)));
  }

  private List<String> troubles(UUID id, Views.Shown<ResourceDocument> shown) {
    Stream<String> told =
        view().members(shown).stream()
            .filter(one -> !one.member().node().equals(around.setting().self().node()))
            .flatMap(one ->
                one.replica().stream()
                    .flatMap(it -> it.content().errors().stream())
                    .map(error ->
                        "node %s: %s"
                            .formatted(facts.nameOf(one.member().node()), error.message())));
    Stream<String> own =
        register.find(id).stream()
            .flatMap(one ->
                Stream.concat(
                    one.trouble().stream().map(Object::toString),
                    Stream.concat(one.remark().stream(), one.unkept().stream())
                        .map(Report.Problem::words)));
    return Stream.concat(own, told).toList();
  }
}
