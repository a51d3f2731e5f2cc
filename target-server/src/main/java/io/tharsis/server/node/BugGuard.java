package io.tharsis.server.node;

import io.tharsis.logfiles.volume.LoggedResource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes one resource out of service when a message of it throws, which only a bug can bring about:
 * what it holds in memory is not to be relied on any more. The log has every acknowledged write,
 * and the other resources go on. Lives on the resource's loop.
 */
public final class BugGuard implements Consumer<Throwable> {

  private static final System.Logger LOG = System.getLogger("resource");

  private final String name;
  private Optional<LoggedResource> guarded = Optional.empty();

  /** Guards nothing yet. */
  public BugGuard(String name) {
    this.name = name;
  }

  /** From now on bugs end this resource. */
  public LoggedResource guarding(LoggedResource resource) {
    guarded = Optional.of(resource);
    return resource;
  }

  @Override
  public void accept(Throwable bug) {
    LOG.log(
        System.Logger.Level.ERROR,
        "resource "
            + name
            + " is out of service because of a bug; restart the node to recover it from its log",
        bug);
    guarded.ifPresent(resource -> resource.fail(String.valueOf(bug.getMessage())));
  }
}
