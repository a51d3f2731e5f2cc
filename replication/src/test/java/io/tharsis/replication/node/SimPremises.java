package io.tharsis.replication.node;

import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.SimOwner;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.remote.Front;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a simulated host has for replicas, in one incarnation. */
final class SimPremises implements Premises {

  private final SimHost host;
  private final Entropy entropy;
  private final NodePlanting planting;
  private final Map<String, Front> fronts = new TreeMap<>();
  private final Map<String, RoleWish> wishes = new TreeMap<>();
  private final Map<String, LoggedResource> written = new TreeMap<>();

  SimPremises(SimHost host, Entropy entropy, NodePlanting planting) {
    this.host = host;
    this.entropy = entropy;
    this.planting = planting;
  }

  /** What initiators can reach, wherever it is done. */
  Optional<Front> front(String resource) {
    return Optional.ofNullable(fronts.get(resource));
  }

  /** How initiators can wish that this node be the primary, where they can. */
  Optional<RoleWish> wish(String resource) {
    return Optional.ofNullable(wishes.get(resource));
  }

  /** What initiators can reach and is written here. */
  Optional<LoggedResource> exported(String resource) {
    return front(resource).flatMap(front -> Optional.ofNullable(written.get(resource)));
  }

  static SimDirectory directory(SimHost host, String resource) {
    return host.directory("resource-" + resource);
  }

  @Override
  public Place place(String resource) {
    SimOwner owner = host.owner("resource " + resource);
    return new SimPlace(resource, owner, host.clock(owner));
  }

  private final class SimPlace implements Place {
    private final String resource;
    private final SimOwner owner;
    private final Clock clock;
    private boolean open;

    SimPlace(String resource, SimOwner owner, Clock clock) {
      this.resource = resource;
      this.owner = owner;
      this.clock = clock;
    }

    private Store store() {
      return planting.store(host, "resource-" + resource, directory(host, resource).open(owner));
    }

    @Override
    public Owner owner() {
      return owner;
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public Entropy entropy() {
      return entropy;
    }

    @Override
    public Async<Seams> open(DiskWish wish) {
      if (open) {
        throw new IllegalStateException("opened twice");
      }
      open = true;
      return Async.of(new Seams(owner, clock, entropy, store()));
    }

    @Override
    public Async<Disk> disk(DiskWish wish) {
      if (wish.path().contains("missing")) {
        return Async.failed(
            Refusal.host("disk-missing", wish.path() + " does not exist", "another").thrown());
      }
      long size = wish.sizeBytes().orElse(SimCluster.VOLUME_BYTES);
      return host.disk(wish.path(), size).open(owner).map(disk -> planting.disk(host, disk));
    }

    @Override
    public Async<Void> export(Front front, Ports ports, Optional<RoleWish> wish) {
      fronts.put(resource, front);
      wish.ifPresent(one -> wishes.put(resource, one));
      return Async.done();
    }

    @Override
    public void writing(Optional<LoggedResource> open) {
      open.ifPresentOrElse(one -> written.put(resource, one), () -> written.remove(resource));
    }

    @Override
    public Async<Void> withdraw() {
      fronts.remove(resource);
      wishes.remove(resource);
      return Async.done();
    }

    @Override
    public Async<Void> vacate() {
      open = false;
      return Async.done();
    }

    @Override
    public Async<Void> clear() {
      Store store = store();
      return store
          .list()
          .then(names -> Async.forEach(names, store::delete))
          .then(done -> store.syncDirectory());
    }

    @Override
    public void close() {
      if (open) {
        throw new IllegalStateException("given back while it is open");
      }
    }
  }
}
