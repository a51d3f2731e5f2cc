package io.tharsis.logfiles.scenario;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.ForwardingStore;
import io.tharsis.logfiles.seam.Store;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A directory whose files, as far as their names match, are opened with something in between. Lives
 * where the one behind it does.
 */
public class WrappedStore extends ForwardingStore {

  private final Predicate<String> names;
  private final UnaryOperator<Disk> wrapper;

  /** Everything goes to {@code behind}; the wrapper gets each disk of a matching name. */
  public WrappedStore(Store behind, Predicate<String> names, UnaryOperator<Disk> wrapper) {
    super(behind);
    this.names = names;
    this.wrapper = wrapper;
  }

  /** Whether a file of that name is a logfile, used or spare. */
  public static boolean isLogfile(String name) {
    return name.startsWith("log-") || name.startsWith("spare-");
  }

  private Disk wrapped(String file, Disk disk) {
    return names.test(file) ? wrapper.apply(disk) : disk;
  }

  @Override
  public Async<Disk> create(String file, long sizeBytes) {
    return super.create(file, sizeBytes).map(disk -> wrapped(file, disk));
  }

  @Override
  public Async<Disk> open(String file) {
    return super.open(file).map(disk -> wrapped(file, disk));
  }
}
