package io.tharsis.replication.node;

import io.tharsis.logfiles.scenario.WrappedStore;
import io.tharsis.logfiles.seam.Completion;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.ForwardingDisk;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Rules of the handover that a node could forget; see {@code docs/adr/0009-roles.md}.
 *
 * <p>Not among them is a front that goes on following a primary which was replaced by force. It
 * would be seen by nobody: that primary stops as soon as it hears of the later epoch, which the
 * front's own node tells it, over the very lines that the front needs; then its service ends, and
 * the front finds nobody there. What is done before that is what a primary does that has not heard,
 * which is right. Where an operator has told it to go on in a split it serves rightly, too, and its
 * side is a branch like any other to the oracles. What is left is that such a front serves nothing,
 * and that each command succeeds over each path is promised by nobody.
 */
final class RolePlantedBugs {

  private static final int UNSURE_GRANTS = 3;

  private RolePlantedBugs() {}

  // ---- deeds that are not what was decided ----

  /** Between a node and the files of its deeds. */
  private record Forger(Predicate<Deed> lost, Predicate<Deed> unsure, UnaryOperator<Deed> read)
      implements NodePlanting {
    @Override
    public Store store(SimHost host, String directory, Store store) {
      return new WrappedStore(
          store, file -> directory.equals("members"), disk -> new ForgedDisk(disk, this));
    }
  }

  private static final class ForgedDisk extends ForwardingDisk {
    private final Forger how;

    ForgedDisk(Disk behind, Forger how) {
      super(behind);
      this.how = how;
    }

    @Override
    public void write(List<Extent> extents, Durability durability, Completion done) {
      Optional<Deed> deed = slot(whole(extents.getFirst())).map(DeedSlot::deed);
      boolean lost = deed.filter(how.lost).isPresent();
      boolean fails = deed.filter(how.unsure).isPresent();
      Completion told =
          fails
              ? Completion.of(() -> done.failed(new IOException("who knows")), done::failed)
              : done;
      behind().write(extents, lost ? Durability.BUFFERED : durability, told);
    }

    @Override
    public void read(ByteBuffer into, long offset, Completion done) {
      int start = into.position();
      behind()
          .read(
              into,
              offset,
              Completion.of(
                  () -> {
                    forge(into, start);
                    done.succeeded();
                  },
                  done::failed));
    }

    private void forge(ByteBuffer into, int start) {
      for (int at = start; at + DeedSlot.BYTES <= into.limit(); at += DeedSlot.BYTES) {
        int here = at;
        slot(into.slice(at, DeedSlot.BYTES))
            .map(it -> new DeedSlot(it.sequence(), how.read.apply(it.deed())))
            .ifPresent(it -> {
              ByteBuffer forged = ByteBuffer.allocateDirect(DeedSlot.BYTES);
              DeedSlot.LAYOUT.encode(it, forged);
              into.put(here, forged.clear(), 0, DeedSlot.BYTES);
            });
      }
    }

    private static ByteBuffer whole(Extent extent) {
      ByteBuffer whole = ByteBuffer.allocateDirect(DeedSlot.BYTES);
      for (ByteBuffer part : extent.from()) {
        ByteBuffer from = part.duplicate();
        from.limit(Math.min(from.limit(), from.position() + whole.remaining()));
        whole.put(from);
      }
      return whole.clear();
    }

    private static Optional<DeedSlot> slot(ByteBuffer from) {
      return DeedSlot.LAYOUT.decode(from, 0).sound();
    }
  }

  private static Deed primary(Deed deed) {
    return new Deed(
        deed.name(),
        deed.resource(),
        deed.membership(),
        Deed.Role.PRIMARY,
        deed.stage(),
        deed.holding(),
        deed.switches(),
        deed.baseLsn(),
        new TreeMap<>(),
        Optional.empty());
  }

  /** A grant is told before it is on the disk. */
  static NodePlanting grantNotDurable() {
    return new Forger(deed -> deed.granted().isPresent(), deed -> false, UnaryOperator.identity());
  }

  /** The next primary begins, and what it has accepted is not on its disk. */
  static NodePlanting acceptanceNotDurable() {
    return new Forger(
        deed -> deed.succession().isPresent(), deed -> false, UnaryOperator.identity());
  }

  /** After a restart a primary that has granted serves. */
  static NodePlanting servesAlthoughGranted() {
    return new Forger(
        deed -> false, deed -> false, deed -> deed.granted().isPresent() ? primary(deed) : deed);
  }

  // ---- what an open replica does meanwhile ----

  private static NodePlanting on(Consumer<ScenarioOracles.Seen> meddler) {
    return new NodePlanting() {
      @Override
      public void meddle(SimClusterNode node) {
        node.node()
            .ifPresent(it ->
                it.replicas().stream()
                    .filter(one -> !one.deed().isClient())
                    .forEach(one -> meddler.accept(new ScenarioOracles.Seen(node, one))));
      }
    };
  }

  /** Writes go on while they are said to be held. */
  static NodePlanting freezesNothing() {
    return on(seen ->
        seen.primary()
            .filter(it -> seen.tenancy().yielding().isHolding())
            .ifPresent(it -> it.resource().thaw()));
  }

  /** No bug: what says that the first grants have been written does not arrive. */
  static NodePlanting unsureGrants() {
    AtomicInteger rest = new AtomicInteger(UNSURE_GRANTS);
    return new Forger(
        deed -> false,
        deed -> deed.granted().isPresent() && rest.getAndDecrement() > 0,
        UnaryOperator.identity());
  }

  /** Writes go on while it is not known which deed is on the disk. */
  static NodePlanting thawsWhileUnsure() {
    NodePlanting unsure = unsureGrants();
    NodePlanting thawing =
        on(seen ->
            seen.primary()
                .filter(it -> seen.tenancy().isUnsure())
                .ifPresent(it -> it.resource().thaw()));
    return new NodePlanting() {
      @Override
      public Store store(SimHost host, String directory, Store store) {
        return unsure.store(host, directory, store);
      }

      @Override
      public void meddle(SimClusterNode node) {
        thawing.meddle(node);
      }
    };
  }
}
