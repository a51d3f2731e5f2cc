package io.tharsis.server.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * Cuts the byte stream of one connection into PDUs, wherever the stream was split. Owned by the
 * connection, used on its loop. Keeps at most one PDU; the data segment is limited by what we
 * declared as MaxRecvDataSegmentLength. Data is delivered without a copy when it lies in one piece
 * of the input, else with one.
 */
final class PduReader {

  /** Where the data segment of the PDU being read goes. */
  interface Landing {
    /** Takes the next {@code count} bytes off {@code in}. */
    void land(ByteBuf in, int count);

    /** Whether the data is wanted as one buffer and never lands. */
    default boolean gathers() {
      return false;
    }
  }

  /** Receives the PDUs. */
  interface Sink {
    /**
     * The header is complete: says where the data segment shall go. {@link #GATHER} to get it with
     * {@link #pdu} as one buffer.
     */
    Landing header(Bhs bhs);

    /**
     * The PDU is complete.
     *
     * @param data the data segment without padding, empty if it landed elsewhere; lent for the
     *     call, retain to keep
     */
    void pdu(Bhs bhs, ByteBuf data);
  }

  /** The data segment is wanted as one buffer. */
  static final Landing GATHER =
      new Landing() {
        @Override
        public void land(ByteBuf in, int count) {
          throw new IllegalStateException("gathered data does not land");
        }

        @Override
        public boolean gathers() {
          return true;
        }
      };

  /** The data segment is not wanted. */
  static final Landing DISCARD = ByteBuf::skipBytes;

  private enum Part {
    HEADER,
    ADDITIONAL_HEADERS,
    DATA,
    TRAILER
  }

  private final int maxDataBytes;
  private final int headerDigestBytes;
  private final int dataDigestBytes;
  private final ByteBufAllocator allocator;
  private final Sink sink;
  private final Bhs bhs = new Bhs();

  private Part part = Part.HEADER;
  private int filled;
  private Landing landing = GATHER;
  private ByteBuf gathered = Unpooled.EMPTY_BUFFER;
  private boolean paused;

  /**
   * A reader without digests; their lengths have their place in the frame, their check would go
   * where the part that carries them ends.
   *
   * @param maxDataBytes longest data segment we declared to accept
   */
  PduReader(int maxDataBytes, ByteBufAllocator allocator, Sink sink) {
    this.maxDataBytes = maxDataBytes;
    this.headerDigestBytes = 0;
    this.dataDigestBytes = 0;
    this.allocator = allocator;
    this.sink = sink;
  }

  /** Stops after the PDU being delivered; {@link #read} leaves the rest where it is. */
  void pause() {
    paused = true;
  }

  /** Goes on with the next {@link #read}. */
  void resume() {
    paused = false;
  }

  /** Takes bytes off {@code in} until it is empty or reading is paused. */
  void read(ByteBuf in) {
    while (!paused && step(in)) {
      // one part after the other
    }
  }

  /** Forgets a half-read PDU. */
  void close() {
    paused = true;
    gathered.release();
    gathered = Unpooled.EMPTY_BUFFER;
  }

  /** The header of the PDU that is being read or delivered. */
  Bhs current() {
    return bhs;
  }

  /** Reads on in the present part; false if the input does not suffice to end it. */
  private boolean step(ByteBuf in) {
    return switch (part) {
      case HEADER -> {
        boolean ended = fill(in, 0, Bhs.BYTES);
        if (ended) {
          begin(Part.ADDITIONAL_HEADERS);
        }
        yield ended;
      }
      case ADDITIONAL_HEADERS -> {
        boolean ended = fill(in, Bhs.BYTES, bhs.ahsBytes() + headerDigestBytes);
        if (ended) {
          beginData();
        }
        yield ended;
      }
      case DATA -> {
        boolean ended = landing.gathers() ? gather(in) : land(in);
        if (ended) {
          begin(Part.TRAILER);
        }
        yield ended;
      }
      case TRAILER -> {
        boolean ended = skipTrailer(in);
        if (ended) {
          deliver();
        }
        yield ended;
      }
    };
  }

  private void begin(Part next) {
    part = next;
    filled = 0;
  }

  private void beginData() {
    if (bhs.dataBytes() > maxDataBytes) {
      throw ProtocolViolation.drop(
          "data segment of " + bhs.dataBytes() + " bytes, " + maxDataBytes + " declared");
    }
    begin(Part.DATA);
    landing = sink.header(bhs);
  }

  private boolean fill(ByteBuf in, int base, int wanted) {
    int count = Math.min(wanted - filled, in.readableBytes());
    bhs.fill(in, base + filled, count);
    filled += count;
    return filled == wanted;
  }

  private boolean land(ByteBuf in) {
    int count = Math.min(bhs.dataBytes() - filled, in.readableBytes());
    if (count > 0) {
      landing.land(in, count);
      filled += count;
    }
    return filled == bhs.dataBytes();
  }

  private boolean gather(ByteBuf in) {
    int wanted = bhs.dataBytes();
    if (filled == 0 && wanted > 0) {
      if (in.readableBytes() >= wanted) {
        gathered = in.readRetainedSlice(wanted);
        filled = wanted;
        return true;
      }
      if (!in.isReadable()) {
        return false;
      }
      gathered = allocator.directBuffer(wanted, wanted);
    }
    int count = Math.min(wanted - filled, in.readableBytes());
    if (count > 0) {
      gathered.writeBytes(in, count);
      filled += count;
    }
    return filled == wanted;
  }

  private boolean skipTrailer(ByteBuf in) {
    int wanted = (-bhs.dataBytes() & 3) + (bhs.dataBytes() == 0 ? 0 : dataDigestBytes);
    int count = Math.min(wanted - filled, in.readableBytes());
    in.skipBytes(count);
    filled += count;
    return filled == wanted;
  }

  private void deliver() {
    ByteBuf data = gathered;
    gathered = Unpooled.EMPTY_BUFFER;
    begin(Part.HEADER);
    try {
      sink.pdu(bhs, data);
    } finally {
      data.release();
    }
  }
}
