package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Store;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A directory whose files, as far as their names match, are opened with something in between. */
class WrappedStore implements Store {

  private final Store behind;
  private final Predicate<String> names;
  private final UnaryOperator<Disk> wrapper;

  WrappedStore(Store behind, Predicate<String> names, UnaryOperator<Disk> wrapper) {
    this.behind = behind;
    this.names = names;
    this.wrapper = wrapper;
  }

  private Disk wrapped(String file, Disk disk) {
    return names.test(file) ? wrapper.apply(disk) : disk;
  }

  @Override
  public String name() {
    return behind.name();
  }

  @Override
  public Async<List<String>> list() {
    return behind.list();
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    return behind.create(file, sizeBytes).map(disk -> wrapped(file, disk));
  }

  @Override
  public Async<Disk> open(String file) {
    return behind.open(file).map(disk -> wrapped(file, disk));
  }

  @Override
  public Async<Void> rename(String from, String to) {
    return behind.rename(from, to);
  }

  @Override
  public Async<Void> delete(String file) {
    return behind.delete(file);
  }

  @Override
  public Async<Void> syncDirectory() {
    return behind.syncDirectory();
  }

  @Override
  public Async<Long> freeBytes() {
    return behind.freeBytes();
  }

  @Override
  public Async<Void> lock() {
    return behind.lock();
  }

  @Override
  public Async<Void> unlock() {
    return behind.unlock();
  }
}
