package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.fetch.FetchSource;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.remote.Front;
import io.tharsis.replication.remote.FrontSeams;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * How this node lets initiators reach one resource, through all changes of roles. Lives on the
 * node's owner; the {@link Front} lives on the owner of the place.
 */
final class Serving {

  /** Where what initiators want is done. */
  sealed interface Route {

    /** In this replica, which is the primary's. */
    record Here(Lodger replica) implements Route {}

    /** At another node. */
    record There(FetchSource primary) implements Route {}

    /** It is not known yet. */
    record Nowhere(String why) implements Route {}

    /** Nowhere, until an operator has decided something. */
    record Refused(String why) implements Route {}
  }

  private final Surroundings around;
  private final ResourceTeller resources;
  private final Place place;
  private final Crossing crossing;
  private Optional<Front> front = Optional.empty();
  private Optional<Route> route = Optional.empty();
  private Optional<Ports> ports = Optional.empty();

  Serving(Surroundings around, Place place, Crossing crossing) {
    this.around = around;
    this.resources = new ResourceTeller(around);
    this.place = place;
    this.crossing = crossing;
  }

  boolean isOpen() {
    return front.isPresent();
  }

  /**
   * From now on initiators find the LUN here; what they want waits until there is a route.
   *
   * @param wish how they can wish that this node be the primary, if it can be that
   */
  Async<Void> open(UUID resource, Deed.Holding holding, Optional<RoleWish> wish) {
    Ports known = portsOf(resource);
    ports = Optional.of(known);
    Front.Shape shape =
        new Front.Shape(holding.sizeBytes().orElseThrow(), holding.writeCache().cache());
    return crossing
        .ask(() -> {
          FrontSeams seams =
              new FrontSeams(
                  around.seams().links(),
                  new LinkHome(place.owner(), place.clock()),
                  around.seams().entropy());
          Front made = Front.of(resource, List.of(shape), seams);
          return place.export(made, known, wish).map(done -> made);
        })
        .map(made -> {
          front = Optional.of(made);
          return null;
        });
  }

  /** Who has portals for the resource, as far as is known: its members, and this node. */
  private Ports portsOf(UUID resource) {
    UUID self = around.setting().self().node();
    List<UUID> nodes = new ArrayList<>(List.of(self));
    around.directory().view().nodes().forEach(node -> nodes.add(node.key().first()));
    Map<UUID, Integer> numbers = Ports.numbers(nodes);
    SortedSet<UUID> with = new TreeSet<>(resources.otherMembers(resource));
    with.add(self);
    Optional<UUID> primary = resources.primaryOf(resource);
    return new Ports(
        with.stream()
            .filter(numbers::containsKey)
            .map(
                node -> new Ports.Port(numbers.get(node), primary.filter(node::equals).isPresent()))
            .sorted(Comparator.comparingInt(Ports.Port::number))
            .toList(),
        numbers.get(self));
  }

  /** Something has changed here or in the directory: initiators find their way. */
  void look(Tenancy here) {
    heard(here.deed().resource());
    route(whereTo(here));
  }

  private Route whereTo(Tenancy here) {
    Deed deed = here.deed();
    if (deed.isPrimary()) {
      return here.lodger()
          .filter(open -> here.isServing())
          .<Route>map(Route.Here::new)
          .orElseGet(() -> new Route.Nowhere("the primary is being opened"));
    }
    if (deed.isStopped()) {
      return new Route.Refused("this node" + BranchSigns.WAS_PRIMARY);
    }
    if (here.yielding().isGivingWay()) {
      return new Route.Nowhere("the next primary is beginning");
    }
    return deed.granted()
        .flatMap(granted -> resources.source(granted.node()))
        .or(() -> resources.primaryThere(deed.resource()))
        .<Route>map(Route.There::new)
        .orElseGet(() -> new Route.Nowhere("no primary is known"));
  }

  private void heard(UUID resource) {
    if (front.isEmpty()) {
      return;
    }
    Ports now = portsOf(resource);
    if (ports.filter(now::equals).isEmpty()) {
      ports = Optional.of(now);
      crossing.tell(() -> place.ports(now));
    }
  }

  /** What initiators want goes another way, unless it goes that way already. */
  void route(Route next) {
    if (front.isEmpty() || route.filter(next::equals).isPresent()) {
      return;
    }
    route = Optional.of(next);
    Front open = front.get();
    crossing.tell(() -> {
      switch (next) {
        case Route.Here(Lodger replica) -> replica.serve(open);
        case Route.There(FetchSource primary) -> open.follow(primary);
        case Route.Nowhere(String why) -> open.hold(why);
        case Route.Refused(String why) -> open.refuse(why);
      }
    });
  }

  /** Initiators find the LUN here no more; succeeds when nothing of theirs is under way. */
  Async<Void> close() {
    if (front.isEmpty()) {
      return Async.done();
    }
    Front open = front.get();
    front = Optional.empty();
    route = Optional.empty();
    return crossing.ask(() -> place.withdraw().then(done -> open.close()));
  }
}
