package io.tharsis.cli;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs by which nodes become a cluster. */
final class ClusterVerbs {

  private ClusterVerbs() {}

  /** Makes a cluster of one. */
  @picocli.CommandLine.Command(
      name = "create-cluster",
      description = {
        "Makes a cluster whose only node is this one.",
        "This node holds the cluster's certificate authority from then on."
      })
  static final class CreateCluster extends ChangingVerb {
    @Override
    Command command() {
      return new Command.CreateCluster();
    }
  }

  /** Makes a token. */
  @picocli.CommandLine.Command(
      name = "create-token",
      description = {
        "Makes a token with which one node can join, once.",
        "Whoever has it can join: treat it as a password. It can be redeemed at this node only."
      })
  static final class CreateToken extends ChangingVerb {
    @Option(
        names = "--valid",
        paramLabel = "TIME",
        defaultValue = "1h",
        description = "How long it can be redeemed; ${DEFAULT-VALUE} if not said.")
    private Duration valid;

    @Override
    Command command() {
      return new Command.CreateToken(valid);
    }
  }

  /** Joins. */
  @picocli.CommandLine.Command(
      name = "join-cluster",
      description = "Makes this node one of the cluster to which a token belongs.")
  static final class JoinCluster extends ChangingVerb {
    @Parameters(
        index = "0",
        paramLabel = "HOST:PORT",
        description = "Where peers find the node that made the token; create-token tells it.")
    private String peer;

    @ArgGroup(multiplicity = "1")
    private Token token;

    /** How the token is given. */
    static final class Token {
      @Option(
          names = "--token",
          paramLabel = "T",
          description = "The token. Other users of this host can see it while the verb runs.")
      private String word = "";

      @Option(
          names = "--token-file",
          paramLabel = "FILE",
          description = "A file with the token, or /dev/stdin.")
      private Optional<Path> file = Optional.empty();

      private String read() throws RefusedException {
        if (file.isEmpty()) {
          return word;
        }
        try {
          return Files.readString(file.get()).strip();
        } catch (IOException unreadable) {
          throw Refusal.usage(
                  "token-file", "the token cannot be read from " + file.get(), "--token T")
              .thrown();
        }
      }
    }

    @Override
    Command command() throws RefusedException {
      return new Command.JoinCluster(peer, token.read());
    }
  }

  /** Leaves. */
  @picocli.CommandLine.Command(
      name = "leave-cluster",
      description = {
        "Takes a node out of the cluster and revokes its certificate.",
        "It must be a member of no resource.",
        "A node that was thrown out while it was away cannot leave in order, nobody talks to it: it"
            + " forgets the cluster with --local."
      })
  static final class LeaveCluster extends ChangingVerb {
    @Option(
        names = "--host",
        paramLabel = "DEAD",
        description = "A node that is gone for ever; this one if not said.")
    private Optional<String> host = Optional.empty();

    @Option(
        names = "--local",
        description = "This node forgets the cluster and asks nobody; the others are not told.")
    private boolean local;

    @Option(
        names = "--accept-loss",
        description = "With --local: give up the replicas of this node, too; disks stay.")
    private boolean acceptLoss;

    @Override
    Command command() {
      return new Command.LeaveCluster(host, local, acceptLoss);
    }
  }
}
