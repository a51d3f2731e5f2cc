package io.tharsis.replication.trust;

import io.tharsis.logfiles.seam.Entropy;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The directory with the keys of one node, and the verbs that begin and end a membership. The
 * caller has the data directory's lock; may block.
 */
public final class TrustHome {

  private final TrustDirectory directory;
  private final TrustSetting setting;

  TrustHome(TrustFiles files, TrustSetting setting) {
    this.directory = new TrustDirectory(files);
    this.setting = setting;
  }

  /**
   * Opens the directory, and makes it if need be.
   *
   * @param path the directory; its parent exists
   * @throws TrustRefusedException if others may look into it
   */
  public static TrustHome at(Path path, TrustSetting setting)
      throws IOException, TrustRefusedException {
    return new TrustHome(HostTrustFiles.open(path), setting);
  }

  /**
   * The membership of this node, if it is a member.
   *
   * @throws TrustRefusedException if a file is damaged or open to others
   */
  public Optional<ClusterTrust> open() throws IOException, TrustRefusedException {
    if (isLeaving()) {
      return Optional.empty();
    }
    Optional<ClusterTrust> member = ClusterTrust.load(directory, setting);
    if (member.isPresent() && directory.has(TrustDirectory.JOINING)) {
      directory.remove(List.of(TrustDirectory.JOINING));
    }
    return member;
  }

  /**
   * Makes a cluster with this node as its first member and the holder of its CA. After a crash in
   * it, called again with the same names, it goes on with what is there.
   */
  public ClusterTrust create(String clusterName, String nodeName)
      throws IOException, TrustRefusedException {
    NodeName.require(clusterName);
    NodeName.require(nodeName);
    requireNoMember();
    KeyPair keys = PendingKey.loadOrMake(directory, setting);
    AuthorityKey authority = loadOrMakeAuthority(clusterName);
    Cluster cluster = clusterOf(authority);
    UUID nodeId = KeyPairs.nodeIdOf(keys.getPublic());
    NodeIdentity identity = new NodeIdentity(cluster.id(), nodeId, nodeName);
    Credentials credentials =
        new Credentials(
            new NodeCertificate(
                new Certificates(setting).node(authority, identity, keys.getPublic()), identity),
            authority.certificate(),
            keys.getPrivate());
    SignedDocument document = firstDocument(authority, identity);
    return Membership.write(directory, setting, credentials, document);
  }

  /**
   * Begins to join a cluster.
   *
   * @param token what the operator brought
   * @param nodeName how this node wants to be called
   */
  public Joining join(JoinToken token, String nodeName) throws IOException, TrustRefusedException {
    NodeName.require(nodeName);
    requireNoMember();
    return new Joining(directory, setting, token, nodeName);
  }

  /**
   * Begins to end the membership here: when this returns the node is no member any more, even after
   * a crash, and {@link #leave} is to be called until it succeeds.
   */
  public void beginLeaving() throws IOException {
    if (!isLeaving()) {
      directory.replace(TrustDirectory.LEAVING, new byte[0]);
    }
  }

  /** Whether a membership was begun to be ended, and something of it is left. */
  public boolean isLeaving() throws IOException {
    return directory.has(TrustDirectory.LEAVING);
  }

  /**
   * Ends the membership here: keys, certificate and document are removed. The others must be told
   * before, by {@link CertificateAuthority#revokeNode} where the CA is. Repeated until it succeeds
   * it leaves nothing.
   *
   * @param withAuthority whether the CA may go too; for the last node of a cluster
   * @throws TrustRefusedException if the CA is here and must not go
   */
  public void leave(boolean withAuthority) throws IOException, TrustRefusedException {
    if (directory.has(TrustDirectory.AUTHORITY) && !withAuthority) {
      throw new TrustRefusedException(
          TrustCode.CA_HERE,
          "this node has the cluster's CA, and without it nobody can join or be revoked",
          "export it and import it on another node first, or say that the CA may be lost");
    }
    beginLeaving();
    List<String> names = new ArrayList<>(List.of(TrustDirectory.AUTHORITY));
    names.addAll(new TokenStore(directory, setting).fileNames());
    names.add(TrustDirectory.NODE);
    names.add(TrustDirectory.CLUSTER);
    names.add(TrustDirectory.APART);
    names.add(TrustDirectory.JOINING);
    names.add(TrustDirectory.LEAVING);
    directory.remove(names);
  }

  private void requireNoMember() throws IOException, TrustRefusedException {
    if (isLeaving()) {
      throw new TrustRefusedException(
          TrustCode.ALREADY_MEMBER,
          "this node has not ended yet to leave another cluster",
          "leave that cluster once more");
    }
    Optional<ClusterTrust> member = open();
    if (member.isPresent()) {
      throw new TrustRefusedException(
          TrustCode.ALREADY_MEMBER,
          "this node is " + member.get().identity() + " of cluster " + member.get().cluster(),
          "leave that cluster first");
    }
  }

  /** A document that is there already knows more, and must not be followed by an older one. */
  private SignedDocument firstDocument(AuthorityKey authority, NodeIdentity self)
      throws IOException, TrustRefusedException {
    Members members = Members.none();
    long before = 0;
    Optional<byte[]> found = directory.read(TrustDirectory.CLUSTER);
    if (found.isPresent()) {
      ClusterDocument old = SignedDocument.verify(found.get(), authority.certificate()).content();
      members = old.members();
      before = old.edition().counter();
    }
    ClusterDocument.Edition edition =
        new ClusterDocument.Edition(before + 1, setting.clock().instant(), self.nodeId());
    return SignedDocument.sign(
        new ClusterDocument(
            clusterOf(authority),
            authority.certificate(),
            edition,
            members.admit(self.nodeId(), self.name())),
        authority);
  }

  private AuthorityKey loadOrMakeAuthority(String clusterName)
      throws IOException, TrustRefusedException {
    Optional<AuthorityKey> found = AuthorityFile.load(directory);
    if (found.isPresent()) {
      Cluster cluster = clusterOf(found.get());
      if (!cluster.name().equals(clusterName)) {
        throw new TrustRefusedException(
            TrustCode.CA_HERE,
            "there is the CA of " + cluster + " here, whose creation was not finished",
            "create it with its own name, or remove "
                + directory.files().path(TrustDirectory.AUTHORITY));
      }
      return found.get();
    }
    Entropy entropy = () -> setting.random().nextLong();
    Cluster cluster = new Cluster(entropy.nextUuid(), clusterName);
    KeyPair keys = KeyPairs.generate(setting.random());
    AuthorityKey authority =
        new AuthorityKey(new Certificates(setting).authority(cluster, keys), keys.getPrivate());
    directory.replace(TrustDirectory.AUTHORITY, AuthorityFile.toPem(authority));
    return authority;
  }

  private Cluster clusterOf(AuthorityKey authority) throws TrustRefusedException {
    try {
      return Certificates.clusterOf(authority.certificate());
    } catch (MalformedException e) {
      throw directory.damaged(TrustDirectory.AUTHORITY, e);
    }
  }
}
