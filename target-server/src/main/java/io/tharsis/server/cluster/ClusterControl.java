package io.tharsis.server.cluster;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.NodeControl;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.control.view.ClusterView;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.server.node.WorldFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Operates the node of this process, at the rim: asks the {@link
 * io.tharsis.replication.node.ClusterNode} on its loop, and leaves what begins and ends a
 * membership to {@link Membership}. Any thread.
 */
final class ClusterControl implements NodeControl {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.cluster");

  private final Membership membership;

  ClusterControl(Membership membership) {
    this.membership = membership;
  }

  @Override
  public Outcome execute(Request request) throws RefusedException {
    Command command = request.command();
    Deadline deadline = Deadline.of(command.verb(), request.deadline());
    return refusing(
        command.verb(),
        () ->
            switch (command) {
              case Command.CreateCluster all -> membership.create(request, deadline);
              case Command.CreateToken(Duration validFor) ->
                  membership.createToken(request, validFor);
              case Command.JoinCluster join -> membership.join(request, join, deadline);
              case Command.LeaveCluster leave -> membership.leave(request, leave, deadline);
              case Command.CaExport(String passPhrase) ->
                  membership.exportAuthority(request, passPhrase);
              case Command.CaImport what -> membership.importAuthority(request, what, deadline);
              case Command.OnResource about -> membership.require(command.verb()).execute(request);
            });
  }

  @Override
  public ClusterView view() throws RefusedException {
    return refusing(
        "view",
        () -> {
          Optional<MemberNode> member = membership.member();
          return member.isPresent() ? member.get().view() : alone();
        });
  }

  private ClusterView alone() {
    return new ClusterView(membership.name(), Optional.empty(), List.of(), List.of(), List.of());
  }

  /** What a verb does. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException, TrustRefusedException;
  }

  private static <T> T refusing(String verb, Work<T> work) throws RefusedException {
    try {
      return work.run();
    } catch (RefusedException refused) {
      throw refused;
    } catch (TrustRefusedException refused) {
      throw TrustWords.refusal(refused.refused()).thrown();
    } catch (IOException cause) {
      LOG.log(System.Logger.Level.WARNING, verb + " failed", cause);
      throw Refusal.host(
              "host-failed",
              verb + " failed: " + WorldFailure.describe(cause),
              "the diagnostics of the node, which tell more")
          .thrown();
    }
  }
}
