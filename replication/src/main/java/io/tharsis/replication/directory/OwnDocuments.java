package io.tharsis.replication.directory;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What this node itself says: which version comes next, what it may not write, and what it means
 * when a peer shows a version beyond ours. Belongs to the directory.
 */
final class OwnDocuments {

  /** What a version that a peer has, beyond ours, means. */
  sealed interface Meaning {
    /** It is another's, or we have said nothing of it since we were started. */
    record Ordinary() implements Meaning {}

    /** An earlier start of ours wrote it: this goes in its place, with what we say now. */
    record Overtaken(Held ours) implements Meaning {}

    /** Another daemon writes in our name. */
    record ByDouble(UUID incarnation) implements Meaning {}
  }

  private final Self self;
  private final NodeClock clock;
  private final Holdings holdings;
  private final TreeMap<Line, Draft> drafts = new TreeMap<>();
  private final TreeMap<Line, Version> attempted = new TreeMap<>();
  private boolean silenced;

  OwnDocuments(Self self, NodeClock clock, Holdings holdings) {
    this.self = self;
    this.clock = clock;
    this.holdings = holdings;
  }

  boolean isByUs(Held held) {
    return held.document().origin().node().equals(self.node());
  }

  /** A draft has become durable: it is what we say. */
  void said(Draft draft) {
    drafts.put(draft.line(), draft);
  }

  /** Its document is gone. */
  void forget(Line line) {
    drafts.remove(line);
    attempted.remove(line);
  }

  /** What we wrote while our clock was far ahead: nobody believes its stamp. */
  List<Held> unbelieved() {
    return holdings.all().stream()
        .filter(held -> isByUs(held) && !clock.isBelieved(held.stamp()))
        .filter(held -> !(held.content() instanceof Content.Unread))
        .toList();
  }

  /** The draft that says once more what a document of ours says. */
  static Draft again(Document document, Content content) {
    boolean branches = document.key().kind() == Key.Kind.RESOURCE;
    Authority by = new Authority(document.version().epoch(), document.continues(), true);
    return new Draft(document.key(), Optional.of(by).filter(any -> branches), content);
  }

  /** Whether a draft is in force already. */
  boolean isSaid(Draft draft) {
    return holdings
        .find(draft.line())
        .filter(held -> held.document().origin().incarnation().equals(self.incarnation()))
        .filter(held -> held.content().equals(draft.content()))
        .filter(held -> held.document().continues().equals(draft.continues()))
        .filter(held -> clock.isBelieved(held.stamp()))
        .isPresent();
  }

  /** Why a draft may not be written now. */
  Optional<WriteRefused> refusal(Draft draft) {
    if (silenced) {
      return refused(WriteRefused.Code.DOUBLE, "another daemon writes in this node's name");
    }
    if (holdings.isDeleted(draft.key())) {
      return refused(WriteRefused.Code.DELETED, draft.key() + " was deleted for ever");
    }
    return draft.authority().flatMap(by -> refusal(draft.key(), by));
  }

  private Optional<WriteRefused> refusal(Key resource, Authority by) {
    for (Held branch : holdings.of(resource)) {
      EpochRef theirs = branch.document().version().epoch();
      if (theirs.equals(by.epoch()) && !isByUs(branch)) {
        return refused(
            WriteRefused.Code.NOT_WRITER,
            "epoch %s is written by node %s".formatted(theirs, branch.document().origin().node()));
      }
      if (branch.document().supersedes(by.epoch())) {
        return refused(
            WriteRefused.Code.NOT_WRITER,
            "epoch %s has continued epoch %s".formatted(theirs, by.epoch()));
      }
      if (!theirs.equals(by.epoch()) && !by.supersedes(theirs) && !by.forced()) {
        return refused(
            WriteRefused.Code.WOULD_SPLIT,
            "epoch %s does not continue epoch %s".formatted(by.epoch(), theirs));
      }
    }
    return Optional.empty();
  }

  private static Optional<WriteRefused> refused(WriteRefused.Code code, String message) {
    return Optional.of(new WriteRefused(code, message));
  }

  /** The next version of a draft: beyond that one, and beyond all that we have tried to write. */
  Held compose(Draft draft, Optional<Held> over) {
    Version version = nextVersion(draft, over);
    attempted.put(draft.line(), version);
    Document.Origin origin =
        new Document.Origin(self.node(), self.incarnation(), overtook(over), clock.now());
    return Held.of(
        new Document(
            draft.key(),
            false,
            version,
            origin,
            draft.continues(),
            ContentCodec.encode(draft.content())));
  }

  private Version nextVersion(Draft draft, Optional<Held> over) {
    Optional<Version> base =
        Optional.ofNullable(attempted.get(draft.line()))
            .filter(tried ->
                over.filter(held -> held.document().version().compareTo(tried) > 0).isEmpty())
            .or(() -> over.map(held -> held.document().version()));
    EpochRef epoch =
        draft
            .authority()
            .map(Authority::epoch)
            .orElseGet(() -> startAfter(base.map(Version::epoch)));
    long counter = base.filter(last -> last.epoch().equals(epoch)).map(Version::counter).orElse(0L);
    return new Version(epoch, counter + 1);
  }

  /**
   * This start of ours as an epoch: the one in use, or the one after what an earlier start used.
   */
  private EpochRef startAfter(Optional<EpochRef> last) {
    return last.filter(epoch -> epoch.id().equals(self.incarnation()))
        .orElseGet(() ->
            new EpochRef(last.map(epoch -> epoch.number() + 1).orElse(1L), self.incarnation()));
  }

  private UUID overtook(Optional<Held> over) {
    return over.filter(this::isByUs)
        .map(held -> held.document().origin())
        .map(origin ->
            origin.incarnation().equals(self.incarnation())
                ? origin.overtook()
                : origin.incarnation())
        .orElse(Key.NIL);
  }

  /** A document whose version is not of our making: a tombstone, or what the trust has signed. */
  Held compose(Key key, Version version, Content content) {
    Document.Origin origin =
        new Document.Origin(self.node(), self.incarnation(), Key.NIL, clock.now());
    boolean deleted = content instanceof Content.Tombstone;
    return Held.of(
        new Document(key, deleted, version, origin, List.of(), ContentCodec.encode(content)));
  }

  /** Says what it means that a peer has this, which is newer than what is in force. */
  Meaning hear(Held newer) {
    Optional<Draft> ours = Optional.ofNullable(drafts.get(newer.line()));
    if (ours.isEmpty() || newer.document().deleted()) {
      return new Meaning.Ordinary();
    }
    Document.Origin origin = newer.document().origin();
    boolean byDouble =
        !isByUs(newer)
            || origin.incarnation().equals(self.incarnation())
            || origin.overtook().equals(self.incarnation());
    if (byDouble) {
      silenced = true;
      drafts.clear();
      return new Meaning.ByDouble(origin.incarnation());
    }
    return new Meaning.Overtaken(compose(ours.get(), Optional.of(newer)));
  }
}
