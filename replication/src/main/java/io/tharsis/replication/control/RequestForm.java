package io.tharsis.replication.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What of a request no node would accept, whatever its state: names, sizes, addresses. Checked by
 * the command line before it asks, and by the node before it acts; all of it is said at once.
 */
public final class RequestForm {

  /** Volumes are as large as a whole number of these, in bytes. */
  public static final int SIZE_UNIT_BYTES = 512;

  private static final int LONGEST_PATH = 4096;
  private static final int LONGEST_TOKEN = 4096;
  private static final int LONGEST_PASS_PHRASE = 1024;

  /** The longest export of a CA, in characters: the {@code cluster} document in it may be long. */
  private static final int LONGEST_EXPORT = 160 << 10;

  private static final Duration LONGEST_TOKEN_LIFE = Duration.ofDays(30);

  /** As long as a primary that was asked to hand over holds its writers. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);
  private static final int FEWEST_COPIES = 2;
  private static final int MOST_COPIES = 32;

  /** It becomes part of an iSCSI name, RFC 3722. */
  private static final Pattern RESOURCE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

  private static final Pattern BRANCH = Pattern.compile("branch-[0-9a-f]{8}-[0-9]{1,19}");
  private static final int MOST_DAYS = 3650;

  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final List<Refusal> objections = new ArrayList<>();

  private RequestForm() {}

  /** Everything that is wrong with it; empty if nothing is. */
  public static List<Refusal> objections(Command command) {
    RequestForm form = new RequestForm();
    if (command instanceof Command.OnResource about) {
      form.resource(about.resource());
    }
    form.command(command);
    return List.copyOf(form.objections);
  }

  /** What is wrong with a deadline; empty if nothing is. */
  public static Optional<Refusal> objection(Duration deadline) {
    return deadline.isPositive() && deadline.compareTo(Request.LONGEST) <= 0
        ? Optional.empty()
        : Optional.of(
            Refusal.usage(
                "deadline",
                "a deadline of " + deadline.toSeconds() + " s is out of bounds",
                "--timeout 60s, at most " + Request.LONGEST.toDays() + "d"));
  }

  /** Whether it can be the name of a node. */
  public static boolean isNodeName(String name) {
    return NODE.matcher(name).matches();
  }

  /** Whether it can be the name of a resource. */
  public static boolean isResourceName(String name) {
    return RESOURCE.matcher(name).matches();
  }

  private void command(Command command) {
    switch (command) {
      case Command.CreateToken(Duration validFor) -> lifetime(validFor);
      case Command.JoinCluster join -> join(join);
      case Command.LeaveCluster leave -> leave(leave);
      case Command.CaExport(String passPhrase) -> passPhrase(passPhrase);
      case Command.CaImport(String export, String passPhrase) -> {
        passPhrase(passPhrase);
        export(export);
      }
      case Command.CreateResource create -> {
        disk(create.disk());
        create.sizeBytes().ifPresent(this::size);
      }
      case Command.JoinResource join -> disk(join.disk());
      case Command.LeaveResource leave -> leave.host().ifPresent(this::node);
      case Command.Resize resize -> size(resize.sizeBytes());
      case Command.WaitResource waiting -> waiting.host().ifPresent(this::node);
      case Command.Primary primary -> primary(primary);
      case Command.SetMode(String name, ReplicationMode mode) -> mode(mode);
      case Command.CreateCluster all -> {}
      case Command.DeleteResource all -> {}
      case Command.Invalidate all -> {}
      case Command.Secondary all -> {}
      case Command.AttachClient all -> {}
      case Command.DetachClient all -> {}
      case Command.SetPolicy policy -> policy(policy);
      case Command.DeleteBranch(String name, String branch) -> branch(branch);
      case Command.Turn all -> {}
      case Command.LogRotate all -> {}
      case Command.LogDelete all -> {}
      case Command.Verify all -> {}
    }
  }

  private void leave(Command.LeaveCluster leave) {
    leave.host().ifPresent(this::node);
    if (leave.local() && leave.host().isPresent()) {
      wrong(
          "local-host",
          "a node can forget the cluster only for itself",
          "leave-cluster --local there, or leave-cluster --host without --local");
    }
    if (leave.acceptLoss() && !leave.local()) {
      wrong(
          "accept-loss",
          "a node that leaves in order has no replicas to lose",
          "leave-cluster without --accept-loss, or with --local");
    }
  }

  private void primary(Command.Primary primary) {
    if (primary.acceptLoss() && !primary.force()) {
      wrong(
          "accept-loss",
          "a planned handover loses nothing",
          "primary without --accept-loss, or with --force");
    }
    if (primary.force() && primary.pauseBudget().isPresent()) {
      wrong(
          "pause-force",
          "a forced promotion asks nobody, so nobody waits for it",
          "primary --force without --pause");
    }
    primary
        .pauseBudget()
        .ifPresent(budget -> within("pause", "a pause", budget, "--pause 500ms", LONGEST_PAUSE));
  }

  private void policy(Command.SetPolicy policy) {
    if (policy.onSplit().isEmpty() && policy.keepBranchDays().isEmpty()) {
      wrong("policy", "nothing is said of the policy", "--on-split, or --keep-branches, or both");
    }
    policy
        .keepBranchDays()
        .ifPresent(days -> {
          if (days < 1 || days > MOST_DAYS) {
            wrong(
                "keep-branches",
                "branches cannot be kept for " + days + " days",
                "--keep-branches 7, from 1 to "
                    + MOST_DAYS
                    + "; delete-branch deletes one at once");
          }
        });
  }

  private void branch(String name) {
    if (!BRANCH.matcher(name).matches()) {
      wrong(
          "branch-name", "'" + name + "' is no name of a branch", "tharsis view, which lists them");
    }
  }

  private void mode(ReplicationMode mode) {
    switch (mode) {
      case ReplicationMode.Async all -> {}
      case ReplicationMode.NearSync near -> near(near);
      case ReplicationMode.Sync(int copies, ReplicationMode.LinkLoss loss) -> {
        if (copies < FEWEST_COPIES || copies > MOST_COPIES) {
          wrong(
              "copies",
              "a write cannot be durable at " + copies + " members",
              "--copies from %d to %d, the primary's own copy is one of them"
                  .formatted(FEWEST_COPIES, MOST_COPIES));
        }
        linkLoss(loss);
      }
    }
  }

  private void near(ReplicationMode.NearSync near) {
    if (near.lagBytes().isEmpty() && near.lagTime().isEmpty()) {
      wrong(
          "lag-bound",
          "near-sync without a bound is async",
          "--lag-bytes 64MiB, or --lag-time 2s, or both");
    }
    near.lagBytes()
        .ifPresent(bytes -> {
          if (bytes <= 0) {
            wrong(
                "lag-bytes",
                "members cannot be at most " + bytes + " bytes behind",
                "--lag-bytes 64MiB, or set-mode sync");
          }
        });
    near.lagTime()
        .ifPresent(time -> within("lag-time", "a lag", time, "--lag-time 2s", LONGEST_WAIT));
    linkLoss(near.onLinkLoss());
  }

  private void linkLoss(ReplicationMode.LinkLoss loss) {
    within("link-timeout", "a wait for a link", loss.after(), "--link-timeout 10s", LONGEST_WAIT);
  }

  private void within(String code, String what, Duration span, String example, Duration longest) {
    if (!span.isPositive() || span.compareTo(longest) > 0) {
      wrong(
          code,
          "%s of %d ms is out of bounds".formatted(what, span.toMillis()),
          "%s, at most %s".formatted(example, TimeSpan.format(longest)));
    }
  }

  private void passPhrase(String words) {
    if (words.isBlank() || words.length() > LONGEST_PASS_PHRASE) {
      wrong(
          "pass-phrase-form",
          "that is no pass phrase",
          "five random words, at most " + LONGEST_PASS_PHRASE + " characters");
    }
  }

  private void export(String text) {
    if (text.isBlank() || text.length() > LONGEST_EXPORT) {
      wrong("export-form", "that is no export of a CA", "the file that tharsis ca-export has made");
    }
  }

  private void join(Command.JoinCluster join) {
    if (HostPort.parse(join.peer()).filter(peer -> peer.port() > 0).isEmpty()) {
      wrong(
          "address-form",
          join.peer() + " is not HOST:PORT",
          "join-cluster with the address that create-token has told, for instance 192.0.2.7:7777");
    }
    if (join.token().isBlank() || join.token().length() > LONGEST_TOKEN) {
      wrong("token-form", "that is no token", "tharsis create-token, at a node of the cluster");
    }
  }

  private void resource(String name) {
    if (!isResourceName(name)) {
      wrong(
          "resource-name",
          "'" + name + "' cannot be the name of a resource",
          "1 to 64 lower-case letters, digits, dots and dashes, not beginning with a dot or dash");
    }
  }

  private void node(String name) {
    if (!isNodeName(name)) {
      wrong("node-name", "'" + name + "' cannot be the name of a node", "tharsis view");
    }
  }

  private void disk(String path) {
    if (!path.startsWith("/") || path.length() > LONGEST_PATH || path.indexOf('\0') >= 0) {
      wrong(
          "disk-path",
          "'" + path + "' is not the absolute path of a disk",
          "the path of a file or block device, for instance /dev/vg/lv");
    }
  }

  private void size(long bytes) {
    if (bytes <= 0 || bytes % SIZE_UNIT_BYTES != 0) {
      wrong(
          "size",
          bytes + " bytes cannot be the size of a resource",
          "a multiple of " + SIZE_UNIT_BYTES + " bytes, for instance 10GiB");
    }
  }

  private void lifetime(Duration validFor) {
    if (!validFor.isPositive() || validFor.compareTo(LONGEST_TOKEN_LIFE) > 0) {
      wrong(
          "token-lifetime",
          "a token cannot be valid for " + validFor.toSeconds() + " s",
          "--valid 1h, at most " + LONGEST_TOKEN_LIFE.toDays() + "d");
    }
  }

  private void wrong(String code, String fact, String advice) {
    objections.add(Refusal.usage(code, fact, advice));
  }
}
