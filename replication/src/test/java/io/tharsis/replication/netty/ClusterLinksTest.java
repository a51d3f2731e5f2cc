package io.tharsis.replication.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.LinkRefusedException;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.link.RecordingHandler;
import io.tharsis.replication.trust.CertificateAuthority;
import io.tharsis.replication.trust.ClusterLinkSecurity;
import io.tharsis.replication.trust.ClusterTrust;
import io.tharsis.replication.trust.JoinService;
import io.tharsis.replication.trust.JoinToken;
import io.tharsis.replication.trust.Joining;
import io.tharsis.replication.trust.JoiningLinkSecurity;
import io.tharsis.replication.trust.NodeIdentity;
import io.tharsis.replication.trust.Refused;
import io.tharsis.replication.trust.RenewalRequest;
import io.tharsis.replication.trust.RevokedLinks;
import io.tharsis.replication.trust.TrustCode;
import io.tharsis.replication.trust.TrustHome;
import io.tharsis.replication.trust.TrustLimits;
import io.tharsis.replication.trust.TrustMessages;
import io.tharsis.replication.trust.TrustRefusedException;
import io.tharsis.replication.trust.TrustSetting;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.JoinMessage;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.RefusalCode;
import io.tharsis.replication.wire.Versions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real keys, files, tokens and sockets: nodes join over a link, and lose their links. */
class ClusterLinksTest {

  @TempDir Path directory;

  private final NettyLinkWorld world = NioLinkTest.world(InetAddress.getLoopbackAddress());
  private ClusterTrust holder;
  private LinkNode holderNode;

  @BeforeEach
  void makeCluster() throws Exception {
    holder = home("alpha").create("blue", "alpha");
    holderNode = start(holder.identity(), new ClusterLinkSecurity(holder));
    JoinService service = new JoinService(authority());
    holderNode.react((link, message) -> link.send(reply(service, message)));
  }

  @AfterEach
  void end() {
    world.close();
  }

  private static Message reply(JoinService service, Message message) {
    JoinMessage.JoinRequest request = (JoinMessage.JoinRequest) message;
    return new JoinMessage.JoinReply(Blob.of(service.answer(request.content().toByteArray())));
  }

  private TrustHome home(String name) throws Exception {
    return TrustHome.at(directory.resolve(name), TrustSetting.standard());
  }

  private CertificateAuthority authority() throws Exception {
    return holder.authority().orElseThrow();
  }

  private JoinToken token() throws Exception {
    return JoinToken.parse(authority().createToken(Duration.ofHours(1), "").text());
  }

  private LinkNode start(NodeIdentity identity, LinkSecurity security) throws IOException {
    Hello.Sender sender =
        new Hello.Sender(
            identity.clusterId(), identity.nodeId(), identity.name(), UUID.randomUUID());
    LinkNode.Spec spec =
        new LinkNode.Spec(
            sender, Optional.of(identity.nodeId()), Versions.SUPPORTED, world.limits());
    return world.start(spec, security);
  }

  private RecordingHandler open(LinkNode from, LinkNode to, LinkClass linkClass)
      throws IOException {
    RecordingHandler handler = new RecordingHandler(world::changed, (_, _) -> {});
    Destination where =
        new Destination(to.address(), Hello.Purpose.of(linkClass), Optional.empty());
    Link link = world.await(from, () -> from.links().connect(where, from.home(), handler));
    assertThat(link.peer().nodeId()).isEqualTo(to.spec().sender().nodeId());
    return handler;
  }

  private ClusterTrust join(Joining joining, LinkNode to) throws Exception {
    LinkNode joiner = start(joining.identity(), new JoiningLinkSecurity(joining));
    RecordingHandler handler = open(joiner, to, LinkClass.JOIN);
    Blob request = Blob.of(TrustMessages.encode(joining.request()));
    Link link = handler.link().orElseThrow();
    world.on(
        joiner,
        () -> {
          link.send(new JoinMessage.JoinRequest(request));
          return true;
        });
    world.until(() -> !handler.received().isEmpty());
    JoinMessage.JoinReply reply = (JoinMessage.JoinReply) handler.received().getFirst();
    joiner.links().close("joined or not");
    return joining.complete(TrustMessages.joinAnswer(reply.content().toByteArray()));
  }

  @Test
  void aNodeJoinsOverALinkAndThenHasLinks() throws Exception {
    JoinToken token = token();
    ClusterTrust beta = join(home("beta").join(token, "beta"), holderNode);
    LinkNode betaNode = start(beta.identity(), new ClusterLinkSecurity(beta));
    open(betaNode, holderNode, LinkClass.CONTROL);
    open(holderNode, betaNode, LinkClass.CONTROL);
    Joining again = home("gamma").join(token, "gamma");
    assertThatThrownBy(() -> join(again, holderNode))
        .isInstanceOfSatisfying(
            TrustRefusedException.class,
            e -> assertThat(e.refused().code()).isEqualTo(TrustCode.TOKEN_SPENT));
  }

  @Test
  void aJoinerLeavesAServerThatDidNotIssueTheToken() throws Exception {
    ClusterTrust other = home("other").create("blue", "alpha");
    LinkNode otherNode = start(other.identity(), new ClusterLinkSecurity(other));
    Joining joining = home("beta").join(token(), "beta");
    assertThatThrownBy(() -> join(joining, otherNode)).isInstanceOf(IOException.class);
    assertThatThrownBy(joining::request)
        .isInstanceOfSatisfying(
            TrustRefusedException.class,
            e -> assertThat(e.refused().code()).isEqualTo(TrustCode.WRONG_CA));
    assertThat(otherNode.accepted()).allMatch(handler -> handler.received().isEmpty());
  }

  @Test
  void aForeignNodeGetsNoLink() throws Exception {
    ClusterTrust other = home("other").create("blue", "beta");
    LinkNode otherNode = start(other.identity(), new ClusterLinkSecurity(other));
    assertThatThrownBy(() -> open(otherNode, holderNode, LinkClass.CONTROL))
        .isInstanceOf(IOException.class);
    world.until(() -> otherNode.count(LinkEvent.UNTRUSTED) == 1);
    assertThat(holderNode.accepted()).isEmpty();
  }

  @Test
  void aRevokedNodeLosesItsLinksAndGetsNoOthers() throws Exception {
    ClusterTrust beta = join(home("beta").join(token(), "beta"), holderNode);
    LinkNode betaNode = start(beta.identity(), new ClusterLinkSecurity(beta));
    RecordingHandler link = open(betaNode, holderNode, LinkClass.CONTROL);
    holder.listen(new RevokedLinks(holderNode.links(), holder));
    authority().revokeNode(beta.identity().nodeId());
    world.until(() -> link.end().isPresent());
    Optional<Refused> why = holder.objection(beta.certificate());
    assertThat(why).hasValueSatisfying(no -> assertThat(no.code()).isEqualTo(TrustCode.REVOKED));
    assertThatThrownBy(() -> open(betaNode, holderNode, LinkClass.CONTROL))
        .isInstanceOfSatisfying(
            LinkRefusedException.class,
            told -> assertThat(told.code()).isEqualTo(RefusalCode.REVOKED));
    world.until(() -> holderNode.count(LinkEvent.REFUSED_HERE) == 1);
    assertThatThrownBy(() -> open(holderNode, betaNode, LinkClass.CONTROL))
        .isInstanceOf(IOException.class);
    world.until(() -> holderNode.count(LinkEvent.UNTRUSTED) == 1);
  }

  @Test
  void aLinkEndsWithTheCertificateItStandsOnAndARenewedOneOpensIt() throws Exception {
    ClusterTrust young = join(home("young").join(token(), "young"), holderNode);
    LinkNode youngNode = start(young.identity(), new ClusterLinkSecurity(young));
    renew(holder, briefAuthority());
    renew(young, briefAuthority());
    RecordingHandler link = open(youngNode, holderNode, LinkClass.CONTROL);

    world.until(() -> link.end().isPresent());
    assertThat(link.end().orElseThrow().words()).contains("was good until");
    // the word of the other side may be here before that has counted what it did
    world.until(() -> holderNode.count(LinkEvent.EXPIRED) + youngNode.count(LinkEvent.EXPIRED) > 0);
    assertThatThrownBy(() -> open(youngNode, holderNode, LinkClass.CONTROL))
        .isInstanceOf(IOException.class);
    renew(holder, authority());
    renew(young, authority());
    open(youngNode, holderNode, LinkClass.CONTROL);
  }

  /** The holder's, but what it signs is good for seconds; all else is done by then. */
  private CertificateAuthority briefAuthority() throws Exception {
    TrustLimits usual = TrustLimits.standard();
    TrustLimits brief =
        new TrustLimits(
            usual.authorityLife(),
            Duration.ofMillis(2500),
            Duration.ofMillis(1),
            usual.clockSkew(),
            usual.longestToken());
    TrustSetting setting = new TrustSetting(InstantSource.system(), new SecureRandom(), brief);
    ClusterTrust again = TrustHome.at(directory.resolve("alpha"), setting).open().orElseThrow();
    return again.authority().orElseThrow();
  }

  private static void renew(ClusterTrust node, CertificateAuthority authority) throws Exception {
    RenewalRequest request = node.beginRenewal();
    byte[] asked = TrustMessages.encodeRenewalRequest(request.signingRequest());
    node.completeRenewal(
        request,
        TrustMessages.renewal(
            authority.answerRenewal(node.identity().nodeId(), node.certificate().serial(), asked)));
  }
}
