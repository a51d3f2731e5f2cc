package io.tharsis.replication.member;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.format.LogfileName;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimMedium;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * Every byte that was ever durable in the writer's log: what any receiver has must be the same. The
 * writer's files are looked at when receivers are compared, and before any of them is used again.
 */
final class LogBook {

  private static final int BLOCK = 4096;

  /** A logfile that has been begun, on its medium. */
  private record Leaf(LogfileHeader header, byte[] block, SimMedium medium) {
    byte[] durable(long fromLsn, long toLsn) {
      return medium.peekDurable(
          new Range(header.fileOffset(fromLsn), header.fileOffset(fromLsn) + toLsn - fromLsn));
    }
  }

  private static final class Page {
    private final byte[] block;
    private final LogfileHeader header;
    private final List<Integer> blocks = new ArrayList<>();

    Page(LogfileHeader header, byte[] block) {
      this.header = header;
      this.block = block;
    }

    long endLsn() {
      return header.baseLsn() + (long) blocks.size() * BLOCK;
    }
  }

  private final TreeMap<Long, Page> pages = new TreeMap<>();
  private long compared;

  /** Notes what the files hold before one of them gets another name or is deleted. */
  private final class NotedStore extends ForwardingStore {
    private final SimDirectory directory;
    private final LongSupplier durableLsn;

    NotedStore(Store behind, SimDirectory directory, LongSupplier durableLsn) {
      super(behind);
      this.directory = directory;
      this.durableLsn = durableLsn;
    }

    @Override
    public Async<Void> rename(String from, String to) {
      note(directory, durableLsn.getAsLong());
      return super.rename(from, to);
    }

    @Override
    public Async<Void> delete(String file) {
      note(directory, durableLsn.getAsLong());
      return super.delete(file);
    }
  }

  /** The writer's directory, such that nothing disappears from it unseen. */
  Store watched(Store store, SimDirectory directory, LongSupplier durableLsn) {
    return new NotedStore(store, directory, durableLsn);
  }

  /** How many blocks of receivers were compared so far. */
  long compared() {
    return compared;
  }

  /** Of whole log blocks, which is how a log becomes durable. */
  private static List<Integer> checksums(byte[] bytes) {
    List<Integer> sums = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += BLOCK) {
      CRC32C crc = new CRC32C();
      crc.update(bytes, at, BLOCK);
      sums.add((int) crc.getValue());
    }
    return sums;
  }

  private static List<Leaf> leaves(SimDirectory directory, String prefix) {
    List<Leaf> leaves = new ArrayList<>();
    for (String name : directory.files()) {
      String file = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
      SimMedium medium = directory.medium(name);
      if (LogfileName.parse(file).isPresent()) {
        byte[] block = medium.peekDurable(new Range(0, LogfileHeader.BYTES));
        LogfileHeader.decode(ByteBuffer.wrap(block), 0)
            .sound()
            .filter(header -> header.name().toString().equals(file))
            .ifPresent(header -> leaves.add(new Leaf(header, block, medium)));
      }
    }
    leaves.sort((a, b) -> Long.compare(a.header().number(), b.header().number()));
    return leaves;
  }

  /** Where the log ends in a logfile: where the next one begins, or at {@code durableLsn}. */
  private static long endOf(List<Leaf> leaves, int index, long durableLsn) {
    long end = Math.min(durableLsn, leaves.get(index).header().limitLsn());
    return index + 1 < leaves.size()
        ? Math.min(end, leaves.get(index + 1).header().predecessor().endLsn())
        : end;
  }

  /** Notes what the writer has, up to where it says that it is durable. */
  void note(SimDirectory writer, long durableLsn) {
    List<Leaf> leaves = leaves(writer, "");
    for (int i = 0; i < leaves.size(); i++) {
      Leaf leaf = leaves.get(i);
      long end = endOf(leaves, i, durableLsn);
      if (end > leaf.header().baseLsn()) {
        Page page =
            pages.computeIfAbsent(
                leaf.header().number(), number -> new Page(leaf.header(), leaf.block()));
        if (page.endLsn() < end) {
          page.blocks.addAll(checksums(leaf.durable(page.endLsn(), end)));
        }
      }
    }
  }

  /**
   * Why what a receiver calls durable is not what the writer has had, if it is not.
   *
   * @param prefix of the names of its logfiles
   * @param knownLsn below it that has been found already
   */
  Optional<String> objection(SimDirectory receiver, String prefix, long knownLsn, long durableLsn) {
    List<Leaf> leaves = leaves(receiver, prefix);
    for (int i = 0; i < leaves.size(); i++) {
      Leaf leaf = leaves.get(i);
      long from = leaf.header().baseLsn();
      long end = endOf(leaves, i, durableLsn);
      Optional<Page> page = Optional.ofNullable(pages.get(leaf.header().number()));
      if (end > Math.max(from, knownLsn)) {
        if (page.isEmpty()) {
          return Optional.of("the writer never had logfile " + leaf.header().number());
        }
        if (!Arrays.equals(page.get().block, leaf.block())) {
          return Optional.of("the header of logfile " + leaf.header().number() + " differs");
        }
        if (page.get().endLsn() < end) {
          return Optional.of(
              "logfile %d has log up to %d, the writer was durable up to %d"
                  .formatted(leaf.header().number(), end, page.get().endLsn()));
        }
        long begin = Math.max(from, knownLsn);
        List<Integer> here = checksums(leaf.durable(begin, end));
        int at = Math.toIntExact((begin - from) / BLOCK);
        if (!here.equals(page.get().blocks.subList(at, at + here.size()))) {
          return Optional.of("logs differ in logfile " + leaf.header().number());
        }
        compared += here.size();
      }
    }
    return Optional.empty();
  }
}
