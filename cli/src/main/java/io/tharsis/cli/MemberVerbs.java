package io.tharsis.cli;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.WriteCacheMode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs by which resources come and go, and copies of them. */
final class MemberVerbs {

  private static final String ACCEPT_LOSS = "--accept-loss";

  private MemberVerbs() {}

  /** Makes a resource. */
  @picocli.CommandLine.Command(
      name = "create-resource",
      description = {
        "Makes a resource whose primary is this node.",
        "What the disk holds is what the resource holds."
      })
  static final class CreateResource extends ResourceVerb {
    @Parameters(index = "1", paramLabel = "DISK", description = "A file or block device.")
    private Path disk;

    @Option(
        names = "--size",
        paramLabel = "SIZE",
        description = "How large it is, for instance 10GiB; as large as the disk if not said.")
    private Optional<Size> size = Optional.empty();

    @Option(
        names = "--cache",
        paramLabel = "durable|flush",
        defaultValue = "durable",
        description =
            "durable, which is the default: GOOD means on stable storage; flush: a write cache is"
                + " announced.")
    private WriteCacheMode cache;

    @Override
    Command command() {
      OptionalLong bytes =
          size.isPresent() ? OptionalLong.of(size.get().bytes()) : OptionalLong.empty();
      return new Command.CreateResource(resource(), absolute(disk), bytes, cache);
    }
  }

  /** Becomes a member. */
  @picocli.CommandLine.Command(
      name = "join-resource",
      description = {
        "Makes this node a member of a resource: its disk becomes a copy.",
        "What the disk holds is overwritten. A disk with similar content makes it faster."
      })
  static final class JoinResource extends ResourceVerb {
    @Parameters(index = "1", paramLabel = "DISK", description = "A file or block device.")
    private Path disk;

    @Override
    Command command() {
      return new Command.JoinResource(resource(), absolute(disk));
    }
  }

  /** Ends a membership. */
  @picocli.CommandLine.Command(
      name = "leave-resource",
      description = {
        "Ends a membership: this node's, or that of a dead one.",
        "The replica must be a secondary. Its log is removed, its disk is left as it is."
      })
  static final class LeaveResource extends ResourceVerb {
    @Option(
        names = "--host",
        paramLabel = "DEAD",
        description = "A member that is gone; this node if not said.")
    private Optional<String> host = Optional.empty();

    @Option(
        names = ACCEPT_LOSS,
        description = "Do it although no other copy may have what this one has.")
    private boolean acceptLoss;

    @Override
    Command command() {
      return new Command.LeaveResource(resource(), host, acceptLoss);
    }
  }

  /** Ends a resource. */
  @picocli.CommandLine.Command(
      name = "delete-resource",
      description = "Ends a resource. Disks are left as they are.")
  static final class DeleteResource extends ResourceVerb {
    @Option(
        names = "--local",
        description = "Only what this node has of it, when there is no primary any more.")
    private boolean local;

    @Option(names = ACCEPT_LOSS, description = "Do it although members are left.")
    private boolean acceptLoss;

    @Override
    Command command() {
      return new Command.DeleteResource(resource(), local, acceptLoss);
    }
  }

  /** Gives a copy up. */
  @picocli.CommandLine.Command(
      name = "invalidate",
      description = {
        "Gives this node's copy up and syncs it anew.",
        "Of a branch only what it has changed: it is kept, see delete-branch."
      })
  static final class Invalidate extends ResourceVerb {
    @Option(names = ACCEPT_LOSS, description = "Do it although no other consistent copy is known.")
    private boolean acceptLoss;

    @Override
    Command command() {
      return new Command.Invalidate(resource(), acceptLoss);
    }
  }

  /** Deletes a branch. */
  @picocli.CommandLine.Command(
      name = "delete-branch",
      description = {
        "Deletes a branch that is kept beside this node's log, for ever.",
        "That is what was given up after a split; view lists it."
      })
  static final class DeleteBranch extends ResourceVerb {
    @Parameters(index = "1", paramLabel = "BRANCH", description = "Its name, as view shows it.")
    private String branch;

    @Override
    Command command() {
      return new Command.DeleteBranch(resource(), branch);
    }
  }

  /** Grows a resource. */
  @picocli.CommandLine.Command(
      name = "resize",
      description = {
        "Makes a resource larger, while it is in use.",
        "Every member's disk must be large enough; a resource is never made smaller."
      })
  static final class Resize extends ResourceVerb {
    @Parameters(index = "1", paramLabel = "SIZE", description = "For instance 20GiB.")
    private Size size;

    @Override
    Command command() {
      return new Command.Resize(resource(), size.bytes());
    }
  }

  /** The node may have another working directory. */
  private static String absolute(Path disk) {
    return disk.toAbsolutePath().normalize().toString();
  }
}
