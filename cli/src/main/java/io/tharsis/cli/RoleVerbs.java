package io.tharsis.cli;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs about who serves a resource, and what its writes promise. */
final class RoleVerbs {

  private RoleVerbs() {}

  /** Becomes the primary. */
  @picocli.CommandLine.Command(
      name = "primary",
      description = {
        "Makes this node the primary of a resource.",
        "The one that is hands over while the LUN is in use, and nothing is lost. If it is gone for"
            + " ever, or must not be waited for, --force does without it: be sure that it is off."
      })
  static final class Primary extends ResourceVerb {
    @Option(names = "--force", description = "Do not ask the primary that is. It must be off.")
    private boolean force;

    @Option(
        names = "--accept-loss",
        description = "With --force: do it although another replica may hold newer writes.")
    private boolean acceptLoss;

    @Option(
        names = "--pause",
        paramLabel = "BUDGET",
        description =
            "Hand over only if initiators wait no longer than about this, for instance 500ms.")
    private Optional<Duration> pause = Optional.empty();

    @Override
    Command command() {
      return new Command.Primary(resource(), force, acceptLoss, pause);
    }
  }

  /** Is the primary no more. */
  @picocli.CommandLine.Command(
      name = "secondary",
      description = {
        "Gives the role of the primary up, without a successor.",
        "Nobody may use the LUN. To move it while it is used: tharsis primary, at the other node."
      })
  static final class Secondary extends ResourceVerb {
    @Override
    Command command() {
      return new Command.Secondary(resource());
    }
  }

  /** Becomes a client. */
  @picocli.CommandLine.Command(
      name = "attach-client",
      description = {
        "Lets this node's portals serve a resource of which it has no replica.",
        "Its commands go to the primary, whoever that is."
      })
  static final class AttachClient extends ResourceVerb {
    @Override
    Command command() {
      return new Command.AttachClient(resource());
    }
  }

  /** Is a client no more. */
  @picocli.CommandLine.Command(
      name = "detach-client",
      description = "Ends attach-client: this node's portals serve the resource no more.")
  static final class DetachClient extends ResourceVerb {
    @Override
    Command command() {
      return new Command.DetachClient(resource());
    }
  }

  /** The words for the modes. */
  enum ModeWord {
    ASYNC("async"),
    NEAR_SYNC("near-sync"),
    SYNC("sync");

    private final String word;

    ModeWord(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** Says what GOOD promises. */
  @picocli.CommandLine.Command(
      name = "set-mode",
      description = {
        "Says how far members may be behind when a write is answered.",
        "What is not said has its default, whatever it was before."
      })
  static final class SetMode extends ResourceVerb {
    @Parameters(
        index = "1",
        paramLabel = "MODE",
        description =
            "async: the primary waits for nobody; near-sync: writers are slowed down when members"
                + " are too far behind; sync: a write is answered when it is durable at several"
                + " members.")
    private ModeWord mode;

    @Option(
        names = "--lag-bytes",
        paramLabel = "SIZE",
        description = "With near-sync: how much log may be missing there, for instance 64MiB.")
    private Optional<Size> lagBytes = Optional.empty();

    @Option(
        names = "--lag-time",
        paramLabel = "TIME",
        description = "With near-sync: of how much time it may be missing, for instance 2s.")
    private Optional<Duration> lagTime = Optional.empty();

    @Option(
        names = "--copies",
        paramLabel = "K",
        description = "With sync: at how many members, the primary is one; 2 if not said.")
    private Optional<Integer> copies = Optional.empty();

    @Option(
        names = "--link-timeout",
        paramLabel = "TIME",
        description = "How long writers are held when members are not linked; 10s if not said.")
    private Optional<Duration> linkTimeout = Optional.empty();

    @Option(
        names = "--on-link-loss",
        paramLabel = "degrade|stall",
        description =
            "After that: degrade, which is the default: go on as with async; stall: hold them"
                + " until members are there.")
    private Optional<Reaction> onLinkLoss = Optional.empty();

    @Override
    Command command() throws RefusedException {
      return new Command.SetMode(
          resource(),
          switch (mode) {
            case ASYNC -> {
              nearSyncOnly();
              syncOnly();
              unless(linkTimeout.isPresent(), "--link-timeout");
              unless(onLinkLoss.isPresent(), "--on-link-loss");
              yield new ReplicationMode.Async();
            }
            case NEAR_SYNC -> {
              syncOnly();
              OptionalLong bytes =
                  lagBytes.isPresent()
                      ? OptionalLong.of(lagBytes.get().bytes())
                      : OptionalLong.empty();
              yield new ReplicationMode.NearSync(bytes, lagTime, linkLoss());
            }
            case SYNC -> {
              nearSyncOnly();
              yield new ReplicationMode.Sync(
                  copies.orElse(ReplicationMode.Sync.DEFAULT_COPIES), linkLoss());
            }
          });
    }

    private LinkLoss linkLoss() {
      return new LinkLoss(
          linkTimeout.orElse(LinkLoss.DEFAULT.after()),
          onLinkLoss.orElse(LinkLoss.DEFAULT.reaction()));
    }

    private void nearSyncOnly() throws RefusedException {
      unless(lagBytes.isPresent(), "--lag-bytes");
      unless(lagTime.isPresent(), "--lag-time");
    }

    private void syncOnly() throws RefusedException {
      unless(copies.isPresent(), "--copies");
    }

    private void unless(boolean said, String option) throws RefusedException {
      if (said) {
        throw Refusal.usage(
                "mode-option",
                option + " means nothing with " + mode.word(),
                "tharsis set-mode --help")
            .thrown();
      }
    }
  }

  /** Says what is done in a split. */
  @picocli.CommandLine.Command(
      name = "set-policy",
      description = "Says what a primary does that finds itself replaced by force.")
  static final class SetPolicy extends ResourceVerb {
    @Option(
        names = "--on-split",
        paramLabel = "stop-serving|keep-serving",
        description =
            "stop-serving, as it is with a new resource: it serves no more, and its branch is kept;"
                + " keep-serving: it goes on, and initiators with paths to both get a mix of two"
                + " contents.")
    private Optional<OnSplit> onSplit = Optional.empty();

    @Option(
        names = "--keep-branches",
        paramLabel = "DAYS",
        description =
            "For how many days what was given up after a split is kept at the node that gave it up,"
                + " beside its log; 7 with a new resource.")
    private Optional<Integer> keepBranches = Optional.empty();

    @Override
    Command command() {
      OptionalInt days =
          keepBranches.isPresent() ? OptionalInt.of(keepBranches.get()) : OptionalInt.empty();
      return new Command.SetPolicy(resource(), onSplit, days);
    }
  }
}
