package io.tharsis.replication.directory;

import static io.tharsis.replication.directory.ContentCodec.entry;

import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Scratch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The entries of a {@link ResourceDocument}. */
final class ResourceShape implements ContentCodec.Shape {

  static final int TAG_RESOURCE = 1;
  static final int TAG_MEMBER = 2;
  static final int TAG_VOLUME = 3;
  static final int TAG_SETTING = 4;

  private record Head(Optional<UUID> primary, String name) {}

  private Optional<Head> head = Optional.empty();
  private final List<ResourceDocument.Member> members = new ArrayList<>();
  private final SortedMap<Integer, Long> sizes = new TreeMap<>();
  private final SortedMap<String, String> policy = new TreeMap<>();

  static void put(Scratch into, ResourceDocument resource) {
    entry(
        into,
        TAG_RESOURCE,
        value -> {
          value.putUuid(resource.primary().orElse(Key.NIL));
          Bytes.putText(value, resource.name());
        });
    for (ResourceDocument.Member member : resource.members()) {
      entry(
          into,
          TAG_MEMBER,
          value ->
              value
                  .putUuid(member.node())
                  .putUuid(member.membership())
                  .putByte(member.switches().bits()));
    }
    resource
        .sizes()
        .forEach((volume, bytes) ->
            entry(into, TAG_VOLUME, value -> value.putShort(volume).putLong(bytes)));
    resource
        .policy()
        .forEach((name, setting) ->
            entry(
                into,
                TAG_SETTING,
                value -> {
                  Bytes.putText(value, name);
                  Bytes.putText(value, setting);
                }));
    ContentCodec.extras(into, resource.extras());
  }

  @Override
  public boolean take(int tag, Scratch value) throws FormatException {
    switch (tag) {
      case TAG_RESOURCE -> {
        Optional<UUID> primary =
            Optional.of(value.takeUuid()).filter(node -> !node.equals(Key.NIL));
        head = Optional.of(new Head(primary, Bytes.takeText(value, Content.MAX_NAME_BYTES)));
      }
      case TAG_MEMBER ->
          members.add(
              new ResourceDocument.Member(value.takeUuid(), value.takeUuid(), takeSwitches(value)));
      case TAG_VOLUME -> sizes.put(value.takeShort(), value.takeLong());
      case TAG_SETTING ->
          policy.put(Bytes.takeText(value, Content.MAX_NAME_BYTES), Bytes.takeText(value, 255));
      default -> {
        return false;
      }
    }
    return true;
  }

  static Switches takeSwitches(Scratch value) throws FormatException {
    int bits = value.takeByte();
    if (bits > Switches.ALL_BITS) {
      throw new FormatException(value.position(), "switches " + bits);
    }
    return Switches.of(bits);
  }

  @Override
  public Content content(List<Content.Extra> extras) throws FormatException {
    Head found = head.orElseThrow(() -> ContentCodec.missing(TAG_RESOURCE));
    return new ResourceDocument(found.name, found.primary, members, sizes, policy, extras);
  }
}
