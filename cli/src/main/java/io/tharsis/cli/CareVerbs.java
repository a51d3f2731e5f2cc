package io.tharsis.cli;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs that look after a resource: switches, log, waiting, comparing. */
final class CareVerbs {

  private CareVerbs() {}

  /** Turns switches; one verb for each {@link SwitchVerb}, which gives it its name. */
  @picocli.CommandLine.Command
  static final class Turn extends ResourceVerb {
    private final SwitchVerb which;

    Turn(SwitchVerb which) {
      this.which = which;
    }

    @Override
    Command command() {
      return new Command.Turn(resource(), which);
    }

    static String description(SwitchVerb which) {
      return switch (which) {
        case UP -> "Lets this node's replica do everything: attach, fetch, replay, sync.";
        case DOWN -> "Lets this node's replica do nothing, and lets its disk go.";
        case ATTACH -> "Lets this node's replica use its disk.";
        case DETACH -> "Lets the disk of this node's replica go. It must not serve.";
        case CONNECT -> "Lets this node's replica fetch log; the same as resume-fetch.";
        case DISCONNECT -> "Lets this node's replica fetch no log; the same as pause-fetch.";
        case PAUSE_FETCH -> "Lets this node's replica fetch no log.";
        case RESUME_FETCH -> "Lets this node's replica fetch log.";
        case PAUSE_REPLAY -> "Lets this node's replica apply no log to its disk.";
        case RESUME_REPLAY -> "Lets this node's replica apply log to its disk.";
        case PAUSE_SYNC -> "Lets this node's replica copy nothing.";
        case RESUME_SYNC -> "Lets this node's replica copy what its disk misses.";
      };
    }
  }

  /** Begins a logfile. */
  @picocli.CommandLine.Command(
      name = "log-rotate",
      description = "Begins a new logfile, at the primary. No-op if the last one is empty.")
  static final class LogRotate extends ResourceVerb {
    @Override
    Command command() {
      return new Command.LogRotate(resource());
    }
  }

  /** Gives logfiles back. */
  @picocli.CommandLine.Command(
      name = "log-delete",
      description = "Gives back the space of logfiles that no member needs.")
  static final class LogDelete extends ResourceVerb {
    @Override
    Command command() {
      return new Command.LogDelete(resource());
    }
  }

  /** Waits. */
  @picocli.CommandLine.Command(
      name = "wait-resource",
      description = "Waits until a replica is in a state, for as long as --timeout says.")
  static final class WaitResource extends NodeVerb {
    @Parameters(index = "0", paramLabel = "R", description = "The name of the resource.")
    private String resource;

    @Parameters(
        index = "1",
        paramLabel = "STATE",
        description =
            "attached, detached, fetched, replayed, synced, consistent, uptodate, primary or"
                + " secondary; see docs/reference/states.md.")
    private WaitState state;

    @Option(
        names = "--host",
        paramLabel = "NODE",
        description = "Whose replica; this node's if not said.")
    private Optional<String> host = Optional.empty();

    @Override
    Command command() {
      return new Command.WaitResource(resource, state, host);
    }
  }

  /** Compares. */
  @picocli.CommandLine.Command(
      name = "verify",
      description = "Compares all copies of a resource, region by region, while they are in use.")
  static final class Verify extends ResourceVerb {
    @Option(
        names = "--repair",
        description = "Sync the regions in which a secondary differs from the primary.")
    private boolean repair;

    @Override
    Command command() {
      return new Command.Verify(resource(), repair);
    }
  }
}
