package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.FormatException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Layouts of {@link LinkMessage}. Those of Hello and Refused are the same in every version. */
final class LinkCodec {

  /** "THARSISW" as a little-endian number. */
  static final long MAGIC = 0x57_53_49_53_52_41_48_54L;

  static final int AT_MAGIC = 0;
  static final int AT_OLDEST = 8;
  static final int AT_NEWEST = 10;
  static final int AT_CLASS = 12;
  static final int AT_CODECS = 13;
  static final int AT_LANE = 14;
  static final int AT_CLUSTER = 16;
  static final int AT_NODE = 32;
  static final int AT_INCARNATION = 48;
  static final int AT_RESOURCE = 64;
  static final int AT_NAME = 80;

  private static final UUID NONE = new UUID(0, 0);

  private LinkCodec() {}

  static void write(LinkMessage message, WireWriter out) {
    switch (message) {
      case Hello hello -> writeHello(hello, out);
      case LinkMessage.Refused(RefusalCode code, String words) -> out.u16(code.code()).text(words);
      case LinkMessage.Bye(String words) -> out.text(words);
      case LinkMessage.Alive(long probe) -> out.i64(probe);
      case LinkMessage.Probe(long id) -> out.i64(id);
    }
  }

  private static void writeHello(Hello hello, WireWriter out) {
    Hello.Sender sender = hello.sender();
    out.i64(MAGIC)
        .u16(hello.versions().oldest())
        .u16(hello.versions().newest())
        .u8(hello.purpose().linkClass().code())
        .u8(codecBits(hello.codecs()))
        .u8(hello.purpose().lane().map(Hello.Lane::index).orElse(0))
        .u8(hello.purpose().lane().map(Hello.Lane::count).orElse(0))
        .uuid(sender.clusterId())
        .uuid(sender.nodeId())
        .uuid(sender.incarnation())
        .uuid(hello.purpose().resource().orElse(NONE))
        .text(sender.name());
    hello.purpose().lane().ifPresent(lane -> out.i64(lane.bundle()));
  }

  /** Bit n stands for the codec with code n. */
  private static int codecBits(Set<Codec> codecs) {
    int bits = 0;
    for (Codec codec : codecs) {
      bits |= 1 << codec.code();
    }
    return bits;
  }

  private static Set<Codec> codecs(int bits) {
    EnumSet<Codec> codecs = EnumSet.noneOf(Codec.class);
    for (Codec codec : Codec.values()) {
      if ((bits & 1 << codec.code()) != 0) {
        codecs.add(codec);
      }
    }
    return codecs;
  }

  static Hello readHello(WireReader in) throws FormatException, UnknownClassException {
    if (in.i64() != MAGIC) {
      throw in.malformed("magic is missing");
    }
    Versions versions = new Versions(in.u16(), in.u16());
    LinkClass linkClass = linkClass(in);
    Set<Codec> codecs = codecs(in.u8());
    int lane = in.u8();
    int lanes = in.u8();
    UUID clusterId = in.uuid();
    UUID nodeId = in.uuid();
    UUID incarnation = in.uuid();
    UUID resource = in.uuid();
    Hello.Sender sender =
        new Hello.Sender(clusterId, nodeId, in.text(Wire.MAX_NAME_BYTES), incarnation);
    Optional<Hello.Lane> one =
        lanes == 0 ? Optional.empty() : Optional.of(new Hello.Lane(in.i64(), lane, lanes));
    in.ignoreRest();
    Optional<UUID> about = Optional.of(resource).filter(id -> !id.equals(NONE));
    return new Hello(new Hello.Purpose(linkClass, about, one), sender, versions, codecs);
  }

  private static LinkClass linkClass(WireReader in) throws FormatException, UnknownClassException {
    int code = in.u8();
    Optional<LinkClass> known = LinkClass.of(code);
    if (known.isEmpty()) {
      throw new UnknownClassException(code);
    }
    return known.get();
  }

  static LinkMessage.Refused readRefused(WireReader in) throws FormatException {
    RefusalCode code = RefusalCode.of(in.u16()).orElse(RefusalCode.NOT_ALLOWED);
    LinkMessage.Refused refused = new LinkMessage.Refused(code, in.text(Wire.MAX_WORDS_BYTES));
    in.ignoreRest();
    return refused;
  }

  static LinkMessage.Bye readBye(WireReader in) throws FormatException {
    return new LinkMessage.Bye(in.text(Wire.MAX_WORDS_BYTES));
  }
}
