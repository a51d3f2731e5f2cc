package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of the documents, one each: two halves that are written in turn, with one durable write
 * and no rename, so that a crash leaves one of them. A document that has outgrown its file gets
 * another one. Belongs to the directory; one change of a line at a time.
 */
final class Shelf {

  static final String PREFIX = "document-";
  static final String ASIDE = "damaged-";
  static final int MAX_ASIDE = 16;
  static final int READ_ATTEMPTS = 3;

  /** Where the document in force is. */
  private record Place(String file, int halfBytes, long sequence) {}

  /** What was found in a file. */
  private sealed interface Found {
    record Sound(String file, int halfBytes, Slot slot) implements Found {}

    record Nothing(String file) implements Found {}

    record Bad(Remark remark) implements Found {}
  }

  private final Store store;
  private final TreeMap<Line, Place> places = new TreeMap<>();
  private final List<Remark> remarks = new ArrayList<>();
  private final TreeSet<String> leftovers = new TreeSet<>();
  private Async<Void> sweeping = Async.done();
  private int asideFiles;
  private long nextNumber = 1;

  Shelf(Store store) {
    this.store = store;
  }

  /** What is not as it should be in the files, as found when they were loaded. */
  List<Remark> remarks() {
    return List.copyOf(remarks);
  }

  /** Reads all files into holdings. Fails only if they cannot be listed. */
  Async<Void> load(Holdings into) {
    return store
        .list()
        .then(names -> {
          asideFiles = (int) names.stream().filter(name -> name.startsWith(ASIDE)).count();
          List<String> ours = names.stream().filter(name -> name.startsWith(PREFIX)).toList();
          ours.forEach(this::passOver);
          return Async.forEach(
              ours, name -> read(name, READ_ATTEMPTS).then(found -> accept(found, into)));
        })
        .then(done -> sweep());
  }

  private void passOver(String name) {
    String digits = name.substring(PREFIX.length());
    if (digits.matches("\\d{1,15}")) {
      nextNumber = Math.max(nextNumber, Long.parseLong(digits) + 1);
    }
  }

  private Async<Found> read(String file, int attempts) {
    return store
        .open(file)
        .then(disk ->
            content(disk)
                .then(bytes -> disk.close().map(closed -> found(file, bytes)))
                .orElse(cause -> disk.close().then(closed -> Async.failed(cause))))
        .orElse(cause ->
            attempts > 1
                ? read(file, attempts - 1)
                : Async.of(
                    new Found.Bad(
                        new Remark(
                            file, Remark.Kind.UNREADABLE, String.valueOf(cause.getMessage())))));
  }

  private static Async<ByteBuffer> content(Disk disk) {
    long size = disk.sizeBytes();
    if (size > 2L * Slot.MAX_BYTES || size < 2L * Slot.BLOCK_BYTES || size % 2 != 0) {
      return Async.of(ByteBuffer.allocate(0));
    }
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) size + Slot.BLOCK_BYTES)
            .alignedSlice(Slot.BLOCK_BYTES)
            .slice(0, (int) size);
    return Async.start(done -> disk.read(bytes, 0, done)).map(done -> bytes);
  }

  private Found found(String file, ByteBuffer bytes) {
    int half = bytes.limit() / 2;
    if (half == 0) {
      return new Found.Bad(new Remark(file, Remark.Kind.DAMAGED, "has a size that none has"));
    }
    Reading<Slot> first = placed(Slot.decode(bytes, 0, half), 0);
    Reading<Slot> second = placed(Slot.decode(bytes, half, half), 1);
    for (Reading<Slot> slot : List.of(first, second)) {
      if (slot instanceof Reading.TooNew<Slot>(String reason)) {
        return new Found.Bad(new Remark(file, Remark.Kind.TOO_NEW, reason));
      }
    }
    Optional<Slot> newest = newest(first.sound(), second.sound());
    if (newest.isPresent()) {
      for (Reading<Slot> slot : List.of(first, second)) {
        if (slot instanceof Reading.Corrupt<Slot>(String reason)) {
          String line = newest.get().held().line() + ": " + reason;
          remarks.add(new Remark(file, Remark.Kind.HALF_DAMAGED, line));
        }
      }
      return new Found.Sound(file, half, newest.get());
    }
    boolean blank = first instanceof Reading.Blank<Slot> && second instanceof Reading.Blank<Slot>;
    return blank
        ? new Found.Nothing(file)
        : new Found.Bad(
            new Remark(file, Remark.Kind.DAMAGED, first.words() + "; " + second.words()));
  }

  /** A slot in the half of the other parity was misdirected. */
  private static Reading<Slot> placed(Reading<Slot> slot, int half) {
    return slot instanceof Reading.Sound<Slot>(Slot found) && found.half() != half
        ? new Reading.Corrupt<>("of the other half")
        : slot;
  }

  private static Optional<Slot> newest(Optional<Slot> a, Optional<Slot> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.or(() -> b);
    }
    return a.get().sequence() > b.get().sequence() ? a : b;
  }

  private Async<Void> accept(Found found, Holdings into) {
    return switch (found) {
      case Found.Nothing(String file) -> {
        leftovers.add(file);
        yield Async.done();
      }
      case Found.Bad(Remark remark) -> {
        remarks.add(remark);
        yield remark.kind() == Remark.Kind.DAMAGED ? setAside(remark.file()) : Async.done();
      }
      case Found.Sound(String file, int halfBytes, Slot slot) -> {
        Held held = slot.held();
        if (into.judge(held).isTaken()) {
          drop(held.line());
          places.put(held.line(), new Place(file, halfBytes, slot.sequence()));
          into.put(held);
          into.superfluous(held)
              .forEach(gone -> {
                into.remove(gone.line());
                drop(gone.line());
              });
        } else {
          leftovers.add(file);
        }
        yield Async.done();
      }
    };
  }

  /** Damaged files are evidence; a few of them are kept under another name. */
  private Async<Void> setAside(String file) {
    if (asideFiles >= MAX_ASIDE) {
      leftovers.add(file);
      return Async.done();
    }
    asideFiles++;
    return store
        .rename(file, ASIDE + file.substring(PREFIX.length()))
        .orElse(cause -> {
          remarks.add(
              new Remark(
                  file, Remark.Kind.UNREADABLE, "cannot be set aside: " + cause.getMessage()));
          return Async.done();
        });
  }

  /**
   * Writes documents that are in force once more, as they are: after a kill they may have been read
   * from a page cache that is ahead of the medium.
   */
  Async<Void> makeDurable(List<Held> documents) {
    return Async.forEach(documents, this::rewrite).then(done -> store.syncDirectory());
  }

  private Async<Void> rewrite(Held held) {
    Place place = places.get(held.line());
    return write(place, new Slot(place.sequence(), held));
  }

  /** Keeps a document in place of what its line held, durably. If it fails the old one stays. */
  Async<Void> put(Held held) {
    Optional<Place> place = Optional.ofNullable(places.get(held.line()));
    int needed = Slot.sizeFor(held);
    if (place.isEmpty() || place.get().halfBytes() < needed) {
      return create(held, needed);
    }
    Place now = place.get();
    Slot slot = new Slot(now.sequence() + 1, held);
    return write(now, slot)
        .map(done -> {
          places.put(held.line(), new Place(now.file(), now.halfBytes(), slot.sequence()));
          return null;
        });
  }

  private Async<Void> write(Place place, Slot slot) {
    return store.open(place.file()).then(disk -> writeAndClose(disk, place.halfBytes(), slot));
  }

  private static Async<Void> writeAndClose(Disk disk, int halfBytes, Slot slot) {
    Extent extent = Extent.of((long) slot.half() * halfBytes, slot.encode());
    return Async.start(done -> disk.write(List.of(extent), Durability.DURABLE, done))
        .orElse(cause -> disk.close().then(closed -> Async.failed(cause)))
        .then(done -> disk.close());
  }

  private Async<Void> create(Held held, int halfBytes) {
    String file = "%s%09d".formatted(PREFIX, nextNumber++);
    Place place = new Place(file, halfBytes, 0);
    return store
        .create(file, 2L * halfBytes)
        .then(disk -> writeAndClose(disk, halfBytes, new Slot(0, held)))
        .then(done -> store.syncDirectory())
        .map(done -> {
          drop(held.line());
          places.put(held.line(), place);
          return (Void) null;
        })
        .orElse(cause -> {
          leftovers.add(file);
          return Async.failed(cause);
        });
  }

  /** Gives a document up. Its file goes some time; should it come back it is superfluous again. */
  void drop(Line line) {
    Optional.ofNullable(places.remove(line)).ifPresent(place -> leftovers.add(place.file()));
  }

  /** How many files are waiting to be deleted. */
  int leftovers() {
    return leftovers.size();
  }

  /** Deletes the files that nobody needs any more; what cannot be deleted is tried again. */
  Async<Void> sweep() {
    if (!sweeping.isDone() || leftovers.isEmpty()) {
      return sweeping;
    }
    sweeping = Async.forEach(List.copyOf(leftovers), this::delete);
    return sweeping;
  }

  private Async<Void> delete(String file) {
    return store
        .delete(file)
        .map(done -> {
          leftovers.remove(file);
          return (Void) null;
        })
        .orElse(cause -> store.list().then(names -> forgetIfGone(file, names)).orElse(this::later));
  }

  private Async<Void> forgetIfGone(String file, List<String> names) {
    if (!names.contains(file)) {
      leftovers.remove(file);
    }
    return Async.done();
  }

  private Async<Void> later(IOException cause) {
    return Async.done();
  }
}
