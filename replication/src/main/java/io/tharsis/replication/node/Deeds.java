package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Slots;
import io.tharsis.logfiles.log.SlotFile;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The deeds of a node, one file each. A file is there, with its first content, before anything
 * relies on it. Belongs to the node's owner; one change of a deed at a time.
 */
final class Deeds {

  private static final String PREFIX = "deed-";
  private static final String UNFINISHED = "making-";

  private final Store store;
  private final Map<String, SlotFile<DeedSlot>> files = new TreeMap<>();

  /** Names whose file may be there although making it has failed, or removing it has not ended. */
  private final Set<String> unsure = new TreeSet<>();

  private final List<String> remarks = new ArrayList<>();

  private Deeds(Store store) {
    this.store = store;
  }

  /**
   * Locks the store and reads all of them. One that cannot be read is remarked, and left alone.
   * What is found is durable then, its name too: after a kill it may have been there in a cache
   * only.
   */
  static Async<Deeds> open(Store store) {
    Deeds deeds = new Deeds(store);
    return store
        .lock()
        .then(locked ->
            store
                .list()
                .then(names -> Async.forEach(names, deeds::load))
                .then(done -> store.syncDirectory())
                .map(done -> deeds)
                .orElse(cause -> deeds.close().then(done -> Async.failed(cause))));
  }

  private Async<Void> load(String file) {
    if (file.startsWith(UNFINISHED)) {
      return store.delete(file);
    }
    if (!file.startsWith(PREFIX)) {
      return Async.done();
    }
    return store
        .open(file)
        .then(disk ->
            SlotFile.decide(disk, DeedSlot.LAYOUT)
                .then(found -> accept(file, disk, found))
                .orElse(cause -> disk.close().then(done -> Async.failed(cause))));
  }

  private Async<Void> accept(String file, Disk disk, Slots.Decision<DeedSlot> found) {
    return switch (found) {
      case Slots.Decision.InForce<DeedSlot>(DeedSlot slot, var other) -> {
        SlotFile<DeedSlot> known = new SlotFile<>(disk, DeedSlot.LAYOUT, slot);
        // it may come from a page cache that is ahead of the medium
        yield known
            .write(slot)
            .map(done -> {
              files.put(slot.deed().name(), known);
              return null;
            });
      }
      case Slots.Decision.NeverWritten<DeedSlot>() ->
          unreadable(file, disk, "both slots are blank");
      case Slots.Decision.Refused<DeedSlot>(String reason) -> unreadable(file, disk, reason);
    };
  }

  private Async<Void> unreadable(String file, Disk disk, String reason) {
    remarks.add(store.name() + "/" + file + ": " + reason);
    return disk.close();
  }

  /** What was wrong with files when they were read; what they were about is not known here. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** All that are durable, in order of their names. */
  List<Deed> all() {
    return files.values().stream().map(file -> file.inForce().deed()).toList();
  }

  /** Whether a deed of that name is durable. */
  boolean keeps(String name) {
    return files.containsKey(name);
  }

  /** Keeps a deed in place of the one of that name, durably. If it fails the old one stays. */
  Async<Void> put(Deed deed) {
    SlotFile<DeedSlot> file = files.get(deed.name());
    return file == null
        ? create(deed)
        : file.write(new DeedSlot(file.inForce().sequence() + 1, deed));
  }

  private Async<Void> create(Deed deed) {
    String unfinished = UNFINISHED + deed.name();
    return clean(deed.name())
        .then(done -> store.create(unfinished, 2L * DeedSlot.BYTES))
        .then(disk -> fill(disk, unfinished, deed))
        .orElse(cause ->
            clean(deed.name()).orElse(gone -> Async.done()).then(done -> Async.failed(cause)));
  }

  /** Takes away what an attempt to make or to remove a deed has left. */
  private Async<Void> clean(String name) {
    Async<Void> renamed = unsure.contains(name) ? removeEntry(PREFIX + name) : Async.done();
    return renamed
        .then(done -> removeEntry(UNFINISHED + name))
        .map(done -> {
          unsure.remove(name);
          return null;
        });
  }

  private Async<Void> removeEntry(String file) {
    return store.list().then(names -> names.contains(file) ? store.delete(file) : Async.done());
  }

  private Async<Void> fill(Disk disk, String unfinished, Deed deed) {
    DeedSlot first = new DeedSlot(1, deed);
    SlotFile<DeedSlot> file = new SlotFile<>(disk, DeedSlot.LAYOUT, first);
    return file.write(first)
        .then(done -> store.rename(unfinished, PREFIX + deed.name()))
        .then(done -> {
          unsure.add(deed.name());
          return store.syncDirectory();
        })
        .map(done -> {
          unsure.remove(deed.name());
          files.put(deed.name(), file);
          return (Void) null;
        })
        .orElse(cause -> disk.close().then(done -> Async.failed(cause)));
  }

  /**
   * Forgets a deed, durably. If it fails none is kept from then on, though it may be found by the
   * next process: to be repeated until it has succeeded, or a deed of that name to be put again.
   */
  Async<Void> remove(String name) {
    SlotFile<DeedSlot> file = files.remove(name);
    unsure.add(name);
    Async<Void> closed = file == null ? Async.done() : file.close();
    return closed
        .then(done -> removeEntry(PREFIX + name))
        .then(done -> store.syncDirectory())
        .map(done -> {
          unsure.remove(name);
          return null;
        });
  }

  /** Closes the files and gives the lock back. */
  Async<Void> close() {
    List<SlotFile<DeedSlot>> open = List.copyOf(files.values());
    files.clear();
    return Async.each(open, SlotFile::close).then(done -> store.unlock());
  }
}
