package io.tharsis.replication.directory;

import static io.tharsis.replication.directory.ContentCodec.entry;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The entries of a {@link NodeDocument}. */
final class NodeShape implements ContentCodec.Shape {

  static final int TAG_NODE = 1;
  static final int TAG_ADDRESS = 2;

  private record Head(UUID incarnation, String name, NodeDocument.Versions versions) {}

  private Optional<Head> head = Optional.empty();
  private final List<NodeDocument.Address> addresses = new ArrayList<>();

  static void put(Scratch into, NodeDocument node) {
    entry(
        into,
        TAG_NODE,
        value -> {
          value.putUuid(node.incarnation());
          value.putShort(node.versions().oldestProtocol());
          value.putShort(node.versions().newestProtocol());
          Bytes.putText(value, node.name());
          Bytes.putText(value, node.versions().program());
        });
    for (NodeDocument.Address address : node.addresses()) {
      entry(
          into,
          TAG_ADDRESS,
          value -> {
            value.putShort(address.purpose().code()).putShort(address.port());
            Bytes.putText(value, address.host());
          });
    }
    ContentCodec.extras(into, node.extras());
  }

  @Override
  public boolean take(int tag, Scratch value) throws FormatException {
    switch (tag) {
      case TAG_NODE -> head = Optional.of(takeHead(value));
      case TAG_ADDRESS -> {
        NodeDocument.Purpose purpose = purpose(value.takeShort());
        int port = value.takeShort();
        addresses.add(new NodeDocument.Address(purpose, Bytes.takeText(value, 255), port));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Head takeHead(Scratch value) throws FormatException {
    UUID incarnation = value.takeUuid();
    int oldest = value.takeShort();
    int newest = value.takeShort();
    String name = Bytes.takeText(value, Content.MAX_NAME_BYTES);
    String program = Bytes.takeText(value, Content.MAX_NAME_BYTES);
    return new Head(incarnation, name, new NodeDocument.Versions(program, oldest, newest));
  }

  private static NodeDocument.Purpose purpose(int code) throws FormatException {
    for (NodeDocument.Purpose purpose : NodeDocument.Purpose.values()) {
      if (purpose.code() == code) {
        return purpose;
      }
    }
    throw new FormatException(0, "an address for purpose " + code);
  }

  @Override
  public Content content(List<Content.Extra> extras) throws FormatException {
    Head found = head.orElseThrow(() -> ContentCodec.missing(TAG_NODE));
    return new NodeDocument(found.name, found.incarnation, addresses, found.versions, extras);
  }
}
