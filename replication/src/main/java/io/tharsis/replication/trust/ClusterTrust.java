package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
 * verified with the CA's certificate this node was given when it became a member; a revocation that
 * counted once counts for ever; the CA's key is here only while the document does not name another
 * holder.
 */
public final class ClusterTrust {

  private final TrustDirectory directory;
  private final TrustSetting setting;
  private final PeerRules rules;
  private final ReentrantLock changing = new ReentrantLock();
  private final List<TrustListener> listeners = new CopyOnWriteArrayList<>();
  private final LinkKeys keys;

  private volatile State state;

  /**
   * What counts.
   *
   * @param document in force
   * @param apart what was signed beside it
   * @param members what all of them say together
   */
  private record State(SignedDocument document, Apart apart, Members members) {
    State(SignedDocument document, Apart apart) {
      this(document, apart, apart.over(document.content().members()));
    }
  }

  private ClusterTrust(
      TrustDirectory directory, TrustSetting setting, Credentials credentials, State state) {
    this.directory = directory;
    this.setting = setting;
    this.rules =
        new PeerRules(credentials.authority(), credentials.certificate().identity().clusterId());
    this.keys = new LinkKeys(credentials);
    this.state = state;
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
      Optional<byte[]> beside = directory.read(TrustDirectory.APART);
      Apart apart =
          beside.isPresent() ? Apart.parse(beside.get(), credentials.authority()) : Apart.none();
      ClusterTrust trust =
          new ClusterTrust(
              directory, setting, credentials, new State(document, apart.beside(document)));
      // a crash may have come in between
      trust.removeMovedAuthority();
      return Optional.of(trust);
    } catch (MalformedException e) {
      throw directory.damaged(TrustDirectory.NODE, e);
    }
  }

  /** Which cluster. */
  public Cluster cluster() {
    return document().cluster();
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
    return state.document().content();
  }

  /** The {@code cluster} document in force, as peers want it. */
  public byte[] documentBytes() {
    return state.document().toBytes();
  }

  /** Who was let in and who was thrown out, by anything that the CA has signed and came here. */
  public Members members() {
    return state.members();
  }

  /**
   * Editions of the {@code cluster} document that somebody signed who did not know the one in
   * force, and that it does not make up for. They count here, and are to be brought to the holder
   * of the CA, {@link CertificateAuthority#absorb}.
   */
  public List<byte[]> apart() {
    return state.apart().documents().stream().map(SignedDocument::toBytes).toList();
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
    return rules.judge(chain, members(), setting.clock().instant());
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
   * durable and in force when this returns. Of two that were signed beside each other both count
   * from now on, whichever is newer.
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
    State before;
    State after;
    changing.lock();
    try {
      before = state;
      take(offered);
      after = state;
    } catch (TrustRefusedException e) {
      alarm(e.refused());
      return new Offered.Rejected(e.refused());
    } finally {
      changing.unlock();
    }
    return taken(offered, before, after);
  }

  /** What is to be forgotten by putting the newer one in force is kept before that. */
  private void take(SignedDocument offered) throws IOException, TrustRefusedException {
    SignedDocument ours = state.document();
    boolean newer = !ours.saysTheSameAs(offered) && Editions.beats(offered, ours);
    SignedDocument winner = newer ? offered : ours;
    SignedDocument loser = newer ? ours : offered;
    if (!Editions.makesUpFor(winner, loser)) {
      Apart apart = state.apart().with(loser);
      if (!apart.equals(state.apart())) {
        directory.replace(TrustDirectory.APART, apart.toBytes());
        state = new State(ours, apart);
      }
    }
    if (newer) {
      putInForce(offered);
      try {
        removeMovedAuthority();
      } catch (IOException e) {
        alarm(Editions.notRemoved(directory.files().path(TrustDirectory.AUTHORITY), e));
      }
    }
  }

  private Offered taken(SignedDocument offered, State before, State after) {
    SignedDocument inForce = after.document();
    boolean adopted = inForce == offered;
    if (!before.apart().equals(after.apart()) && !after.apart().isEmpty()) {
      SignedDocument other = adopted ? before.document() : offered;
      alarm(Editions.apart(inForce.content(), other.content()));
    }
    if (adopted || !before.members().equals(after.members())) {
      listeners.forEach(listener -> listener.documentChanged(inForce.content()));
    }
    if (adopted) {
      return new Offered.Adopted(offered.content());
    }
    if (inForce.saysTheSameAs(offered)) {
      return new Offered.Known();
    }
    long theirs = Editions.counter(offered);
    return new Offered.Rejected(
        theirs < Editions.counter(inForce)
            ? Editions.older(theirs, inForce.content())
            : Editions.apart(inForce.content(), offered.content()));
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
    NodeCertificate next = check.accept(der, members(), setting.clock().instant());
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
    CertificateAuthority authority =
        new CertificateAuthority(this, opened.key(), directory, setting);
    // nothing that names another holder may come in between, and drop the key
    changing.lock();
    try {
      directory.replace(TrustDirectory.AUTHORITY, AuthorityFile.toPem(opened.key()));
      authority.takeOver(opened.document());
    } finally {
      changing.unlock();
    }
    return authority;
  }

  /**
   * The key goes where the document in force says that another node holds the CA: that was signed
   * with a key that is durable there. Tokens that were made here let nobody in any more.
   */
  private void removeMovedAuthority() throws IOException {
    UUID holder = document().edition().holder();
    if (holder.equals(identity().nodeId()) || !directory.has(TrustDirectory.AUTHORITY)) {
      return;
    }
    directory.remove(new TokenStore(directory, setting).fileNames());
    directory.remove(List.of(TrustDirectory.AUTHORITY));
  }

  /** A change of the members; refuses by throwing, and then nothing is written. */
  @FunctionalInterface
  interface Change {
    Members apply(Members members) throws TrustRefusedException;
  }

  /**
   * Writes the next edition if the change changes anything, or something was signed beside the one
   * in force; then it says that, too.
   *
   * @param above the new counter is above this one too
   * @param taking whether the CA is here from now on; that is written even if nothing else changed
   */
  SignedDocument publish(AuthorityKey authority, Change change, long above, boolean taking)
      throws IOException, TrustRefusedException {
    SignedDocument next;
    changing.lock();
    try {
      State now = state;
      ClusterDocument before = now.document().content();
      if (!taking) {
        Editions.requireHolder(before, identity().nodeId());
      }
      Members members = change.apply(now.members());
      if (members.equals(before.members()) && now.apart().isEmpty() && !taking) {
        return now.document();
      }
      Editions.requireRoom(members);
      Editions.requireMember(members, identity());
      long counter =
          Math.max(Math.max(before.edition().counter(), now.apart().counter()), above) + 1;
      ClusterDocument.Edition edition =
          new ClusterDocument.Edition(counter, setting.clock().instant(), identity().nodeId());
      next =
          SignedDocument.sign(
              new ClusterDocument(before.cluster(), before.authority(), edition, members),
              authority);
      putInForce(next);
    } finally {
      changing.unlock();
    }
    listeners.forEach(listener -> listener.documentChanged(next.content()));
    return next;
  }

  /** What it makes up for need not be kept any more; a crash in between is mended by the start. */
  private void putInForce(SignedDocument next) throws IOException {
    directory.replace(TrustDirectory.CLUSTER, next.toBytes());
    Apart before = state.apart();
    Apart apart = before.beside(next);
    state = new State(next, apart);
    if (apart.isEmpty() && !before.isEmpty()) {
      directory.remove(List.of(TrustDirectory.APART));
    }
  }

  void report(Refused refused) {
    listeners.forEach(listener -> listener.refused(refused));
  }

  private void alarm(Refused why) {
    listeners.forEach(listener -> listener.alarm(why));
  }
}
