package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The membership of this node: its credentials, and the {@code cluster} document in force. One per
 * data directory, opened by {@link TrustHome}. Any thread may call it; what changes files is done
 * by one caller at a time and may block.
 *
 * <p>Invariants: what is in force is durable; the document's counter never falls; its signature was
 * verified with the CA's certificate this node was given when it became a member.
 */
public final class ClusterTrust {

  private final TrustDirectory directory;
  private final TrustSetting setting;
  private final PeerRules rules;
  private final ReentrantLock changing = new ReentrantLock();
  private final List<TrustListener> listeners = new CopyOnWriteArrayList<>();
  private final LinkKeys keys;

  private volatile SignedDocument document;

  private ClusterTrust(
      TrustDirectory directory,
      TrustSetting setting,
      Credentials credentials,
      SignedDocument document) {
    this.directory = directory;
    this.setting = setting;
    this.rules =
        new PeerRules(credentials.authority(), credentials.certificate().identity().clusterId());
    this.keys = new LinkKeys(credentials);
    this.document = document;
  }

  /** Reads what the directory holds; empty if this node is no member. */
  static Optional<ClusterTrust> load(TrustDirectory directory, TrustSetting setting)
      throws IOException, TrustRefusedException {
    Optional<byte[]> pem = directory.read(TrustDirectory.NODE);
    if (pem.isEmpty()) {
      return Optional.empty();
    }
    try {
      Credentials credentials = Credentials.parse(pem.get());
      byte[] bytes =
          directory
              .read(TrustDirectory.CLUSTER)
              .orElseThrow(() -> new MalformedException("there is no cluster document beside it"));
      SignedDocument document = SignedDocument.verify(bytes, credentials.authority());
      return Optional.of(new ClusterTrust(directory, setting, credentials, document));
    } catch (MalformedException e) {
      throw directory.damaged(TrustDirectory.NODE, e);
    }
  }

  /** Which cluster. */
  public Cluster cluster() {
    return document.content().cluster();
  }

  /** Who this node is. */
  public NodeIdentity identity() {
    return certificate().identity();
  }

  /** This node's certificate. */
  public NodeCertificate certificate() {
    return keys.current().certificate();
  }

  /** The {@code cluster} document in force. */
  public ClusterDocument document() {
    return document.content();
  }

  /** The {@code cluster} document in force, as peers want it. */
  public byte[] documentBytes() {
    return document.toBytes();
  }

  /** Tells from now on. */
  public void listen(TrustListener listener) {
    listeners.add(listener);
  }

  /**
   * Judges the certificates a peer showed, by the document in force. Looks at memory only. The
   * caller closes the link of whom it does not trust; a handshake that resumed an older session has
   * not asked {@link #trustManager}, so ask here after every handshake.
   */
  public Verdict judge(List<X509Certificate> chain) {
    return rules.judge(chain, document.content().members(), setting.clock().instant());
  }

  /** What speaks against a peer that was trusted before; for live links. */
  public Optional<Refused> objection(NodeCertificate peer) {
    return switch (judge(List.of(peer.certificate()))) {
      case Verdict.Trusted trusted -> Optional.empty();
      case Verdict.Distrusted distrusted -> Optional.of(distrusted.refused());
    };
  }

  /** What speaks against this node itself: it was revoked, or its certificate expired. */
  public Optional<Refused> objectionToSelf() {
    return objection(certificate());
  }

  /** Proves this node in handshakes; goes over to a renewed certificate by itself. */
  public X509ExtendedKeyManager keyManager() {
    return keys;
  }

  /** Accepts members of this cluster, by the document in force at the handshake. */
  public X509ExtendedTrustManager trustManager() {
    return new PeerTrust(this::judge, rules.anchor(), this::report);
  }

  /**
   * Takes a {@code cluster} document from anywhere. If it is newer and the CA signed it, it is
   * durable and in force when this returns.
   *
   * @throws IOException if it could not be made durable; then the old one stays in force
   */
  public Offered offer(byte[] bytes) throws IOException {
    SignedDocument offered;
    try {
      offered = SignedDocument.verify(bytes, rules.anchor());
    } catch (TrustRefusedException e) {
      report(e.refused());
      return new Offered.Rejected(e.refused());
    }
    Optional<Refused> lost;
    changing.lock();
    try {
      Optional<Offered> settled = compare(offered);
      if (settled.isPresent()) {
        return settled.get();
      }
      lost = Editions.lostRevocations(document.content(), offered.content());
      putInForce(offered);
    } finally {
      changing.unlock();
    }
    lost.ifPresent(this::alarm);
    listeners.forEach(listener -> listener.documentChanged(offered.content()));
    return new Offered.Adopted(offered.content());
  }

  /** What to do with a document that is not newer. */
  private Optional<Offered> compare(SignedDocument offered) {
    long ours = document.content().edition().counter();
    long theirs = offered.content().edition().counter();
    if (theirs > ours) {
      return Optional.empty();
    }
    if (theirs < ours) {
      return Optional.of(new Offered.Rejected(Editions.older(theirs, document.content())));
    }
    if (document.saysTheSameAs(offered)) {
      return Optional.of(new Offered.Known());
    }
    Refused conflict = Editions.conflict(document.content(), offered.content());
    alarm(conflict);
    return Optional.of(new Offered.Rejected(conflict));
  }

  /** Whether it is time to ask the CA for the next certificate. */
  public boolean isRenewalDue() {
    Instant begin = certificate().certificate().getNotBefore().toInstant();
    return !setting.clock().instant().isBefore(begin.plus(setting.limits().renewAfter()));
  }

  /** Whether so little is left of the certificate that somebody must look why it is not renewed. */
  public boolean isExpiryNear() {
    Instant end = certificate().validUntil();
    return setting.clock().instant().isAfter(end.minus(setting.limits().warnBefore()));
  }

  /** How long things live. */
  public TrustLimits limits() {
    return setting.limits();
  }

  /** Begins to renew: a fresh key, and the request for its certificate. */
  public RenewalRequest beginRenewal() throws IOException {
    KeyPair next = KeyPairs.generate(setting.random());
    return new RenewalRequest(next, SigningRequest.make(next, identity().name()));
  }

  /**
   * Ends a renewal: the next certificate is durable and used by the next handshakes.
   *
   * @throws TrustRefusedException if the CA refused, or the certificate is not what was asked for
   */
  public void completeRenewal(RenewalRequest request, Renewal answer)
      throws IOException, TrustRefusedException {
    byte[] der =
        switch (answer) {
          case Refused refused -> throw new TrustRefusedException(refused);
          case Renewal.Renewed renewed -> renewed.certificate();
        };
    IssuedCheck check = new IssuedCheck(rules, identity(), request.keys().getPublic());
    NodeCertificate next =
        check.accept(der, document.content().members(), setting.clock().instant());
    Credentials credentials = new Credentials(next, rules.anchor(), request.keys().getPrivate());
    changing.lock();
    try {
      directory.replace(TrustDirectory.NODE, credentials.toPem());
      keys.use(credentials);
    } finally {
      changing.unlock();
    }
  }

  /**
   * The CA, if this node has it.
   *
   * @throws TrustRefusedException if its file is open to others or damaged
   */
  public Optional<CertificateAuthority> authority() throws IOException, TrustRefusedException {
    return AuthorityFile.load(directory)
        .map(key -> new CertificateAuthority(this, key, directory, setting));
  }

  /**
   * Takes the CA from an export, and tells the cluster that it lives here from now on.
   *
   * @param export what {@link CertificateAuthority#export} gave
   * @param passPhrase of the export; the caller wipes it
   */
  public CertificateAuthority importAuthority(String export, char[] passPhrase)
      throws IOException, TrustRefusedException {
    Optional<Refused> against = objectionToSelf();
    if (against.isPresent()) {
      throw new TrustRefusedException(against.get());
    }
    return install(AuthorityExport.open(export, rules.anchor(), passPhrase));
  }

  /**
   * Looks whether an export could be imported here; changes nothing.
   *
   * @param passPhrase of the export; the caller wipes it
   */
  public void requireImportable(String export, char[] passPhrase)
      throws IOException, TrustRefusedException {
    Optional<Refused> against = objectionToSelf();
    if (against.isPresent()) {
      throw new TrustRefusedException(against.get());
    }
    AuthorityExport _ = AuthorityExport.open(export, rules.anchor(), passPhrase);
  }

  /** The key first: a document that says the CA is here must not be durable without it. */
  CertificateAuthority install(AuthorityExport opened) throws IOException, TrustRefusedException {
    directory.replace(TrustDirectory.AUTHORITY, AuthorityFile.toPem(opened.key()));
    CertificateAuthority authority =
        new CertificateAuthority(this, opened.key(), directory, setting);
    authority.takeOver(opened.document());
    return authority;
  }

  /** A change of the members; refuses by throwing, and then nothing is written. */
  @FunctionalInterface
  interface Change {
    Members apply(Members members) throws TrustRefusedException;
  }

  /**
   * Writes the next edition if the change changes anything.
   *
   * @param above the new counter is above this one too
   * @param mine whether to write even if nothing changed, to say where the CA is
   */
  SignedDocument publish(AuthorityKey authority, Change change, long above, boolean mine)
      throws IOException, TrustRefusedException {
    SignedDocument next;
    changing.lock();
    try {
      ClusterDocument now = document.content();
      Members members = change.apply(now.members());
      if (members.equals(now.members()) && !mine) {
        return document;
      }
      Editions.requireRoom(members);
      long counter = Math.max(now.edition().counter(), above) + 1;
      ClusterDocument.Edition edition =
          new ClusterDocument.Edition(counter, setting.clock().instant(), identity().nodeId());
      next =
          SignedDocument.sign(
              new ClusterDocument(now.cluster(), now.authority(), edition, members), authority);
      putInForce(next);
    } finally {
      changing.unlock();
    }
    listeners.forEach(listener -> listener.documentChanged(next.content()));
    return next;
  }

  private void putInForce(SignedDocument next) throws IOException {
    directory.replace(TrustDirectory.CLUSTER, next.toBytes());
    document = next;
  }

  void report(Refused refused) {
    listeners.forEach(listener -> listener.refused(refused));
  }

  private void alarm(Refused why) {
    listeners.forEach(listener -> listener.alarm(why));
  }
}
