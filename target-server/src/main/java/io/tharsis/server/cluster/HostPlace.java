package io.tharsis.server.cluster;

import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Clock;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.node.Place;
import io.tharsis.server.iscsi.IscsiTarget;
import io.tharsis.server.node.DiskFile;
import io.tharsis.server.node.ResourceSite;
import io.tharsis.server.node.WorldFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A place on this host: one loop, threads, a directory, and a target while it is exported. */
final class HostPlace implements Place {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.cluster");

  private final String resource;
  private final ResourceSite site;
  private final HostPremises.Fittings fittings;

  /** Resources of this node that are exported, this one included. */
  private final AtomicInteger exported;

  private boolean hasMemory;
  private Optional<IscsiTarget> target = Optional.empty();
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
  public Async<Void> export(LoggedResource open) {
    Invariant.check(target.isEmpty(), "exported once", resource);
    site.guarding(open);
    IscsiTarget made =
        fittings.ground().exports().add(open, site.loop(), exported.incrementAndGet());
    target = Optional.of(made);
    fittings.ready().accept(made.name());
    return Async.done();
  }

  @Override
  public Async<Void> withdraw() {
    if (target.isPresent()) {
      IscsiTarget gone = target.get();
      target = Optional.empty();
      exported.decrementAndGet();
      withdrawn = fittings.ground().exports().remove(resource, gone);
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
