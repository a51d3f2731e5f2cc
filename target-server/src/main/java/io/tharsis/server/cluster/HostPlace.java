package io.tharsis.server.cluster;

import io.tharsis.logfiles.host.HostEntropy;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.node.Place;
import io.tharsis.replication.node.Ports;
import io.tharsis.replication.node.RoleWish;
import io.tharsis.replication.remote.Front;
import io.tharsis.server.node.DiskFile;
import io.tharsis.server.node.Export;
import io.tharsis.server.node.Exports;
import io.tharsis.server.node.Offer;
import io.tharsis.server.node.ResourceSite;
import io.tharsis.server.node.WorldFailure;
import io.tharsis.server.scsi.AccessControl;
import io.tharsis.server.scsi.AccessState;
import io.tharsis.server.scsi.PortGroups;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A place on this host: one loop, threads, a directory, and a target while it is exported. */
final class HostPlace implements Place {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.cluster");

  private static final Entropy ENTROPY = new HostEntropy();

  private final String resource;
  private final ResourceSite site;
  private final HostPremises.Fittings fittings;

  /** Resources of this node that are exported, this one included. */
  private final AtomicInteger exported;

  private boolean hasMemory;
  private Optional<Export> export = Optional.empty();
  private Optional<FrontListener> listener = Optional.empty();
  private Async<Void> withdrawn = Async.done();

  HostPlace(
      String resource, ResourceSite site, HostPremises.Fittings fittings, AtomicInteger exported) {
    this.resource = resource;
    this.site = site;
    this.fittings = fittings;
    this.exported = exported;
  }

  @Override
  public Owner owner() {
    return site.loop().owner();
  }

  @Override
  public Clock clock() {
    return site.loop().clock();
  }

  @Override
  public Async<Seams> open(DiskWish wish) {
    if (!hasMemory) {
      if (!fittings.memory().take()) {
        return Async.failed(fittings.memory().refusal(resource).thrown());
      }
      hasMemory = true;
    }
    return site.open(wish.writeCache().cache());
  }

  @Override
  public Async<Disk> disk(DiskWish wish) {
    DiskFile file =
        new DiskFile(
            Path.of(wish.path()),
            wish.sizeBytes(),
            DiskFile.Fit.ANY,
            site.directory(),
            size -> "create-resource " + resource + " " + wish.path() + " --size " + size);
    return fittings
        .rim()
        .call(
            owner(),
            () -> {
              file.prepare();
              return file.disk();
            })
        .then(site::disk)
        .orElse(cause -> Async.failed(refused(wish, cause)));
  }

  private static IOException refused(DiskWish wish, IOException cause) {
    return cause instanceof RefusedException
        ? cause
        : Refusal.host(
                "disk-unusable",
                wish.path() + " cannot be used: " + WorldFailure.describe(cause),
                "look who has it: fuser -v " + wish.path())
            .thrown();
  }

  @Override
  public Entropy entropy() {
    return ENTROPY;
  }

  @Override
  public Async<Void> export(Front front, Ports ports, Optional<RoleWish> wish) {
    Invariant.check(export.isEmpty(), "exported once", resource);
    PortGroups seen = FrontListener.seenBy(front, groups(ports));
    AccessControl control =
        wish.filter(any -> fittings.explicitAccess())
            .<AccessControl>map(way -> new WishedAccess(owner(), seen.own(), front, way))
            .orElse(AccessControl.IMPLICIT);
    Offer offer = new Offer(resource, front.volumes(), seen, control);
    Export made = exports().add(offer, site.loop(), exported.incrementAndGet());
    FrontListener told = new FrontListener(made.device(), seen);
    front.listen(told);
    made.device().others(front::reset);
    listener = Optional.of(told);
    export = Optional.of(made);
    fittings.ready().accept(made.target().name());
    return Async.done();
  }

  @Override
  public void ports(Ports now) {
    listener.ifPresent(told -> told.groups(groups(now)));
  }

  /** What the directory says; each node knows best how it does itself. */
  private static PortGroups groups(Ports ports) {
    return new PortGroups(
        ports.all().stream()
            .map(port ->
                new PortGroups.Group(
                    port.number(),
                    port.primary() ? AccessState.OPTIMIZED : AccessState.NON_OPTIMIZED,
                    port.primary()))
            .toList(),
        ports.own());
  }

  @Override
  public void writing(Optional<LoggedResource> open) {
    open.ifPresentOrElse(
        one -> {
          site.guarding(one);
          exports().show(one, site.loop());
        },
        () -> exports().conceal(resource));
  }

  @Override
  public int initiators() {
    return export.map(it -> it.target().sessionCount()).orElse(0);
  }

  private Exports exports() {
    return fittings.ground().exports();
  }

  @Override
  public Async<Void> withdraw() {
    if (export.isPresent()) {
      Export gone = export.get();
      export = Optional.empty();
      listener = Optional.empty();
      exported.decrementAndGet();
      withdrawn = exports().remove(resource, gone);
    }
    return withdrawn;
  }

  @Override
  public Async<Void> vacate() {
    return site.vacate().then(done -> giveMemoryBack());
  }

  private Async<Void> giveMemoryBack() {
    if (hasMemory) {
      hasMemory = false;
      fittings.memory().giveBack();
    }
    return Async.done();
  }

  @Override
  public Async<Void> clear() {
    return fittings
        .rim()
        .call(
            owner(),
            () -> {
              Folder.remove(site.directory());
              return (Void) null;
            })
        .orElse(cause -> {
          LOG.log(
              System.Logger.Level.WARNING,
              "the log of {0} cannot be removed: {1}",
              resource,
              WorldFailure.describe(cause));
          return Async.failed(cause);
        });
  }

  @Override
  public void close() {
    fittings.rim().threads().execute(site::close);
  }
}
