package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.directory.Views;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds what an operator calls by its name; says why it is not to be had. */
final class Lookup {

  private final Surroundings around;
  private final Verbs.Register register;
  private final ResourceTeller resources;
  private final Facts facts;

  Lookup(Surroundings around, Verbs.Register register) {
    this.around = around;
    this.register = register;
    this.resources = new ResourceTeller(around);
    this.facts = new Facts(around);
  }

  private Views view() {
    return around.directory().view();
  }

  /** A refusal as an outcome. */
  static <T> Async<T> refused(Refusal refusal) {
    return Async.failed(refusal.thrown());
  }

  /** What to say of a resource that is not known. */
  Refusal unknown(String resource) {
    return ClusterView.unknown(resource, around.setting().name());
  }

  /** The resource of that name, if it is only one. */
  Async<UUID> named(String name) {
    List<UUID> found = view().resourcesNamed(name);
    return switch (found.size()) {
      case 0 -> refused(unknown(name));
      case 1 -> Async.of(found.getFirst());
      default ->
          refused(
              Refusal.forbidden(
                  "name-taken-twice",
                  "%d resources are called %s: two partitions have each made one"
                      .formatted(found.size(), name),
                  "delete-resource on the primary of the one that is not wanted"));
    };
  }

  /** This node's replica of a resource. */
  Async<Tenancy> member(String name) {
    return register
        .find(name)
        .filter(here -> !here.deed().isClient())
        .map(Async::of)
        .orElseGet(() ->
            refused(
                view().resourcesNamed(name).isEmpty()
                    ? unknown(name)
                    : Refusal.forbidden(
                        "not-a-member",
                        "node %s has no replica of %s".formatted(around.setting().name(), name),
                        "tharsis join-resource " + name + " DISK")));
  }

  /** This node as a client of a resource. */
  Optional<Tenancy> client(String name) {
    return register.find(name).filter(here -> here.deed().isClient());
  }

  /** This node's replica of a resource, if it is the primary. */
  Async<Tenancy> primary(String name) {
    return member(name)
        .then(here ->
            here.deed().isPrimary()
                ? Async.of(here)
                : refused(
                    Refusal.forbidden(
                        "not-primary",
                        "node %s is not the primary of %s; that is %s"
                            .formatted(
                                around.setting().name(),
                                name,
                                resources
                                    .primaryOf(here.deed().resource())
                                    .map(facts::nameOf)
                                    .orElse("not known")),
                        "the same there")));
  }
}
