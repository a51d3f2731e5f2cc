package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Contents as bytes: versions, then tagged entries. Equal contents have equal bytes. */
final class ContentCodec {

  static final int VERSION = 1;
  static final int OLDEST_READER = 1;
  static final int FLAG_NEEDED = 1;

  /** The entries of one kind of content. */
  interface Shape {
    /** Takes the value of an entry of a tag that the shape knows. */
    boolean take(int tag, Scratch value) throws FormatException;

    Content content(List<Content.Extra> extras) throws FormatException;
  }

  private ContentCodec() {}

  static FormatException missing(int tag) {
    return new FormatException(0, "no entry of tag " + tag);
  }

  static Blob encode(Content content) {
    try (Scratch into = new Scratch(Document.MAX_CONTENT_BYTES)) {
      into.putShort(VERSION).putShort(OLDEST_READER);
      switch (content) {
        case ClusterDocument(Blob signed) ->
            entry(into, ClusterShape.TAG_SIGNED, value -> value.putBytes(signed.toByteArray()));
        case NodeDocument node -> NodeShape.put(into, node);
        case ResourceDocument resource -> ResourceShape.put(into, resource);
        case ReplicaDocument replica -> ReplicaShape.put(into, replica);
        case Content.Tombstone(String name) ->
            entry(into, TombstoneShape.TAG_NAME, value -> Bytes.putText(value, name));
        case Content.Unread unread ->
            throw new Invariant.Broken("unread content cannot be written");
      }
      return Bytes.of(into);
    }
  }

  interface Put {
    void into(Scratch value);
  }

  static void entry(Scratch into, int tag, Put put) {
    into.putShort(tag).putShort(FLAG_NEEDED).putInt(0);
    int at = into.sizeBytes();
    put.into(into);
    into.setInt(at - Integer.BYTES, into.sizeBytes() - at);
  }

  static void extras(Scratch into, List<Content.Extra> extras) {
    for (Content.Extra extra : extras) {
      into.putShort(extra.tag()).putShort(0).putInt(extra.value().sizeBytes());
      into.putBytes(extra.value().toByteArray());
    }
  }

  /** What a document says; {@link Content.Unread} if this program cannot tell. Never throws. */
  static Content decode(Document document) {
    if (document.key().kind() == Key.Kind.UNKNOWN) {
      return new Content.Unread("a document of kind " + document.key().code());
    }
    byte[] bytes = document.content().toByteArray();
    try (Scratch from = new Scratch(Document.MAX_CONTENT_BYTES);
        Scratch value = new Scratch(Document.MAX_CONTENT_BYTES)) {
      from.load(ByteBuffer.wrap(bytes), 0, bytes.length);
      return take(shape(document), from, value);
    } catch (FormatException e) {
      return new Content.Unread(e.getMessage());
    } catch (Invariant.Broken e) {
      return new Content.Unread("impossible value: " + e.getMessage());
    }
  }

  private static Shape shape(Document document) {
    if (document.deleted()) {
      return new TombstoneShape();
    }
    return switch (document.key().kind()) {
      case CLUSTER -> new ClusterShape();
      case NODE -> new NodeShape();
      case RESOURCE -> new ResourceShape();
      case REPLICA -> new ReplicaShape();
      case UNKNOWN -> throw new Invariant.Broken("a content without a shape");
    };
  }

  private static Content take(Shape shape, Scratch from, Scratch value) throws FormatException {
    from.takeShort();
    int oldestReader = from.takeShort();
    if (oldestReader > VERSION) {
      throw new FormatException(2, "needs version " + oldestReader + ", this is " + VERSION);
    }
    List<Content.Extra> extras = new ArrayList<>();
    while (from.remainingBytes() > 0) {
      int at = from.position();
      int tag = from.takeShort();
      int flags = from.takeShort();
      byte[] bytes = from.takeBytes(from.takeCount(from.remainingBytes()));
      value.load(ByteBuffer.wrap(bytes), 0, bytes.length);
      if (shape.take(tag, value)) {
        if (value.remainingBytes() > 0) {
          throw new FormatException(at, value.remainingBytes() + " bytes too many in tag " + tag);
        }
      } else if ((flags & FLAG_NEEDED) != 0) {
        throw new FormatException(at, "tag " + tag + ", which a newer program needs");
      } else {
        extras.add(new Content.Extra(tag, Blob.of(bytes)));
      }
    }
    return shape.content(extras);
  }

  private static final class ClusterShape implements Shape {
    static final int TAG_SIGNED = 1;

    private Blob signed = Blob.EMPTY;

    @Override
    public boolean take(int tag, Scratch value) throws FormatException {
      if (tag == TAG_SIGNED) {
        signed = Blob.of(value.takeBytes(value.remainingBytes()));
      }
      return tag == TAG_SIGNED;
    }

    @Override
    public Content content(List<Content.Extra> extras) {
      return new ClusterDocument(signed);
    }
  }

  private static final class TombstoneShape implements Shape {
    static final int TAG_NAME = 1;

    private String name = "";

    @Override
    public boolean take(int tag, Scratch value) throws FormatException {
      if (tag == TAG_NAME) {
        name = Bytes.takeText(value, Content.MAX_NAME_BYTES);
      }
      return tag == TAG_NAME;
    }

    @Override
    public Content content(List<Content.Extra> extras) {
      return new Content.Tombstone(name);
    }
  }
}
