package io.tharsis.logfiles.seam;

import java.util.List;

/** A directory that does what the one behind it does; a subclass changes what it is made for. */
public abstract class ForwardingStore implements Store {

  private final Store behind;

  /** Everything goes to {@code behind}. */
  protected ForwardingStore(Store behind) {
    this.behind = behind;
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
    return behind.create(file, sizeBytes);
  }

  @Override
  public Async<Disk> open(String file) {
    return behind.open(file);
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
