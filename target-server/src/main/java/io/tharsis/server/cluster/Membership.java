package io.tharsis.server.cluster;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.Request;
import io.tharsis.replication.link.LinkCounts;
import io.tharsis.replication.trust.CertificateAuthority;
import io.tharsis.replication.trust.ClusterTrust;
import io.tharsis.replication.trust.JoinToken;
import io.tharsis.replication.trust.Joining;
import io.tharsis.replication.trust.TrustHome;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.server.node.NodeGround;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether this node is in a cluster, and the verbs that change it. Lives at the rim: any thread,
 * one change at a time.
 */
final class Membership implements NodeGround.Closing {

  private final Surroundings around;
  private final TrustHome home;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile Optional<MemberNode> member = Optional.empty();

  Membership(Surroundings around, TrustHome home) {
    this.around = around;
    this.home = home;
  }

  /**
   * Starts the node of the cluster that this one is in, if it is in one. What was begun to be
   * forgotten is forgotten first.
   */
  void resume() throws IOException, TrustRefusedException {
    forgetTheRest();
    Optional<ClusterTrust> trust = home.open();
    if (trust.isPresent()) {
      start(trust.get());
    }
  }

  private void start(ClusterTrust trust) throws IOException, TrustRefusedException {
    member = Optional.of(MemberNode.open(around, trust));
  }

  /** The running node, if this one is in a cluster. */
  Optional<MemberNode> member() {
    return member;
  }

  /** What happened to links with other nodes, since this node became a member or was started. */
  LinkCounts linkCounts() {
    return member.map(MemberNode::linkCounts).orElseGet(() -> new LinkCounts(Map.of()));
  }

  /** When this node's certificate ends, if it has one. */
  Optional<Instant> certificateUntil() {
    return member.map(running -> running.trust().certificate().validUntil());
  }

  /** What this node is called. */
  String name() {
    return member.map(Membership::nameOf).orElseGet(around::name);
  }

  private static String nameOf(MemberNode node) {
    return node.trust().identity().name();
  }

  /** The running node, for a verb that needs one. */
  MemberNode require(String verb) throws IOException {
    Optional<MemberNode> running = member;
    if (running.isEmpty()) {
      throw Refusal.forbidden(
              "not-in-cluster",
              verb + " needs a cluster, and node " + name() + " is in none",
              "tharsis create-cluster, or tharsis join-cluster HOST:PORT --token TOKEN")
          .thrown();
    }
    return running.get();
  }

  // ---- into a cluster ----

  /** Makes a cluster with this node as its first, called like it. */
  Outcome create(Request request, Deadline deadline) throws IOException, TrustRefusedException {
    deadline.await(changing);
    try {
      if (member.isPresent()) {
        return createdAlready(member.get());
      }
      around.requirePort();
      String name = around.name();
      if (!request.dryRun()) {
        forgetTheRest();
        Optional<ClusterTrust> unfinished = home.open();
        start(unfinished.isPresent() ? unfinished.get() : home.create(name, name));
      }
      return new Outcome.Done(
          true,
          List.of(
              "make cluster " + name + ", whose CA is at node " + name,
              "accept links of other nodes at " + around.peers()));
    } finally {
      changing.unlock();
    }
  }

  private static Outcome createdAlready(MemberNode running) throws IOException {
    ClusterTrust trust = running.trust();
    if (running.authority().isEmpty()) {
      throw alreadyMember(trust);
    }
    return Outcome.Done.already(
        "node " + nameOf(running) + " has cluster " + trust.cluster().name() + " and its CA");
  }

  private static IOException alreadyMember(ClusterTrust trust) {
    return Refusal.forbidden(
            "already-member",
            "node "
                + trust.identity().name()
                + " is in cluster "
                + trust.cluster().name()
                + ", "
                + trust.cluster().id(),
            "tharsis leave-cluster first")
        .thrown();
  }

  /** Makes a token with which one node can join here. */
  Outcome createToken(Request request, Duration validFor)
      throws IOException, TrustRefusedException {
    MemberNode running = require(request.command().verb());
    CertificateAuthority authority = authority(running, request.command().verb());
    HostPort here = around.addresses().getFirst();
    if (request.dryRun()) {
      return new Outcome.Done(true, List.of("make a token that lets one node in at " + here));
    }
    JoinToken token = authority.createToken(validFor, here.toString());
    return new Outcome.TokenMade(token.text(), here.toString(), token.expires());
  }

  /** The CA, if it is at this node and in use. */
  private static CertificateAuthority authority(MemberNode running, String verb)
      throws IOException {
    if (!running.holdsAuthority()) {
      throw Refusal.forbidden(
              "no-ca-here",
              "the CA of the cluster is not at node " + nameOf(running),
              "tharsis "
                  + verb
                  + " at node "
                  + HostTrust.holderName(running.trust().document())
                  + ", or tharsis ca-import here if that is gone for ever")
          .thrown();
    }
    return running.authority().orElseThrow();
  }

  // ---- the CA ----

  /** Puts the CA under a pass phrase. */
  Outcome exportAuthority(Request request, String passPhrase)
      throws IOException, TrustRefusedException {
    String verb = request.command().verb();
    return new Outcome.CaExported(authority(require(verb), verb).export(passPhrase.toCharArray()));
  }

  /** Makes this node the holder of the CA. */
  Outcome importAuthority(Request request, Command.CaImport what, Deadline deadline)
      throws IOException, TrustRefusedException {
    deadline.await(changing);
    try {
      MemberNode running = require(request.command().verb());
      ClusterTrust trust = running.trust();
      char[] passPhrase = what.passPhrase().toCharArray();
      trust.requireImportable(what.export(), passPhrase);
      if (running.holdsAuthority()) {
        return Outcome.Done.already("the CA of the cluster is at node " + nameOf(running));
      }
      String before = HostTrust.holderName(trust.document());
      if (!request.dryRun()) {
        running.imported(trust.importAuthority(what.export(), passPhrase));
      }
      return new Outcome.Done(
          true,
          List.of(
              "take the CA of cluster " + trust.cluster().name() + " to node " + nameOf(running),
              "have node " + before + " stop using its copy, as soon as it hears of it",
              "tokens that node " + before + " made let nobody in any more"));
    } finally {
      changing.unlock();
    }
  }

  // ---- into a cluster, with a token ----

  /** Becomes a node of the cluster of a token. */
  Outcome join(Request request, Command.JoinCluster how, Deadline deadline)
      throws IOException, TrustRefusedException {
    JoinToken token = JoinToken.parse(how.token());
    HostPort peer = HostPort.parse(how.peer()).orElseThrow();
    deadline.await(changing);
    try {
      if (member.isPresent()) {
        return joinedAlready(member.get(), token);
      }
      around.requirePort();
      String name = around.name();
      if (!request.dryRun()) {
        forgetTheRest();
        Optional<ClusterTrust> unfinished = home.open();
        start(unfinished.isPresent() ? unfinished.get() : redeem(token, peer, deadline));
      }
      return new Outcome.Done(
          true,
          List.of(
              "join cluster " + token.clusterId() + " at " + peer + " as node " + name,
              "accept links of other nodes at " + around.peers()));
    } finally {
      changing.unlock();
    }
  }

  private static Outcome joinedAlready(MemberNode running, JoinToken token) throws IOException {
    ClusterTrust trust = running.trust();
    if (!trust.cluster().id().equals(token.clusterId())) {
      throw alreadyMember(trust);
    }
    return Outcome.Done.already(
        "node " + nameOf(running) + " is in cluster " + trust.cluster().name() + " already");
  }

  /** The address first: a member that does not know where the others are would be of no use. */
  private ClusterTrust redeem(JoinToken token, HostPort peer, Deadline deadline)
      throws IOException, TrustRefusedException {
    new Seeds(around.data()).remember(peer);
    Joining joining = home.join(token, around.name());
    return new Joiner(around.network(), around.loop(), around.entropy().nextUuid())
        .join(joining, new Joiner.Invitation(peer, token), deadline);
  }

  // ---- out of it ----

  /** Takes a node out of the cluster. */
  Outcome leave(Request request, Command.LeaveCluster leave, Deadline deadline)
      throws IOException, TrustRefusedException {
    Optional<String> host = leave.host();
    deadline.await(changing);
    try {
      if (member.isEmpty() && host.isEmpty() && home.isLeaving()) {
        return leaveOnceMore(request);
      }
      if (member.isEmpty() && host.isEmpty()) {
        return Outcome.Done.already("node " + name() + " is in no cluster");
      }
      MemberNode running = require(request.command().verb());
      if (host.isPresent() && !host.get().equals(nameOf(running))) {
        return running.execute(request);
      }
      if (!leave.local()) {
        requireNobodyElse(running);
      }
      Outcome outcome = running.execute(request);
      if (!request.dryRun()) {
        forget(running);
      }
      return outcome;
    } finally {
      changing.unlock();
    }
  }

  /** The directory may not have heard yet of somebody who was let in. */
  private static void requireNobodyElse(MemberNode running) throws IOException {
    int others = running.trust().members().admitted().size() - 1;
    if (running.holdsAuthority() && others > 0) {
      throw Refusal.forbidden(
              "ca-here",
              "node "
                  + nameOf(running)
                  + " has the CA, without which nobody can join or be revoked, and "
                  + others
                  + " other nodes are in the cluster",
              "tharsis ca-export here and ca-import at another node; or leave-cluster at the others"
                  + " first")
          .thrown();
    }
  }

  /** Nothing of it is taken up again once it has begun, whatever goes wrong from there on. */
  private void forget(MemberNode running) throws IOException, TrustRefusedException {
    home.beginLeaving();
    member = Optional.empty();
    running.close();
    forgetTheRest();
  }

  private Outcome leaveOnceMore(Request request) throws IOException, TrustRefusedException {
    if (!request.dryRun()) {
      forgetTheRest();
    }
    return new Outcome.Done(
        true, List.of("remove what is left of the cluster that node " + name() + " was in"));
  }

  /** What a leave has left that was begun and could not be ended; nothing if there was none. */
  private void forgetTheRest() throws IOException, TrustRefusedException {
    if (!home.isLeaving()) {
      return;
    }
    for (String part : List.of(MemberNode.DOCUMENTS, MemberNode.DEEDS)) {
      Folder.remove(around.data().resolve(part));
    }
    new Seeds(around.data()).forget();
    home.leave(true);
  }

  /** Ends the node of the cluster, in order; the membership stays. */
  @Override
  public void close() throws IOException {
    changing.lock();
    try {
      Optional<MemberNode> running = member;
      member = Optional.empty();
      if (running.isPresent()) {
        running.get().close();
      }
    } finally {
      changing.unlock();
    }
  }
}
