package io.tharsis.logfiles.format;

import io.tharsis.logfiles.seam.Invariant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The payload of a STATE record: everything about a resource that is not content, in full, so that
 * state survives retention and reaches whoever joins. {@code docs/formats/state.md} draws it.
 *
 * @param volumes the volumes of the resource, at most {@link Checkpoint#MAX_VOLUMES}
 * @param lineage the epochs the log went through
 */
public record StateSnapshot(List<VolumeState> volumes, Lineage lineage) {

  /** Most bytes of opaque SCSI state per volume. */
  public static final int MAX_SCSI_BYTES = 1 << 16;

  /** Most bytes of an encoded snapshot, and the limit of a scratch that is large enough for it. */
  public static final int MAX_BYTES = 2 << 20;

  /** "ThSt". */
  static final int MAGIC = 0x74536854;

  static final int VERSION = 1;
  static final int OLDEST_READER = 1;
  static final int TAG_VOLUME = 1;
  static final int TAG_EPOCH = 2;
  static final int FLAG_NEEDED = 1;
  static final int VOLUME_BYTES = 28;

  /**
   * The state of one volume.
   *
   * @param number of the volume within its resource
   * @param id of the volume
   * @param sizeBytes its size
   * @param writeCacheEnabled whether it announces a write cache (SBC, WCE)
   * @param scsi what the SCSI layer wants kept, opaque here, at most {@link #MAX_SCSI_BYTES}
   */
  public record VolumeState(
      int number, UUID id, long sizeBytes, boolean writeCacheEnabled, Blob scsi) {
    /** The same of another size. */
    public VolumeState sized(long bytes) {
      return new VolumeState(number, id, bytes, writeCacheEnabled, scsi);
    }

    /** The same with something else that the SCSI layer wants kept. */
    public VolumeState keeping(Blob otherScsi) {
      return new VolumeState(number, id, sizeBytes, writeCacheEnabled, otherScsi);
    }

    /** A state within its limits. */
    public VolumeState {
      Invariant.check(0 <= number && number <= 0xFFFF, "volume", number);
      Invariant.check(sizeBytes > 0, "volume size", sizeBytes);
      Invariant.check(scsi.sizeBytes() <= MAX_SCSI_BYTES, "SCSI state", scsi.sizeBytes());
    }
  }

  /** A snapshot of distinct volumes. */
  public StateSnapshot {
    volumes = List.copyOf(volumes);
    Invariant.check(volumes.size() <= Checkpoint.MAX_VOLUMES, "volumes", volumes.size());
    Set<Integer> numbers = new HashSet<>();
    for (VolumeState volume : volumes) {
      Invariant.check(numbers.add(volume.number), "two states of volume", volume.number);
    }
  }

  /** The state of a volume, if it is in the snapshot. */
  public Optional<VolumeState> volume(int number) {
    return volumes.stream().filter(volume -> volume.number == number).findFirst();
  }

  /** Replaces what is in the scratch by this snapshot. */
  public void encode(Scratch into) {
    into.clear().putInt(MAGIC).putShort(VERSION).putShort(OLDEST_READER);
    for (VolumeState volume : volumes) {
      into.putShort(TAG_VOLUME).putShort(FLAG_NEEDED);
      into.putInt(VOLUME_BYTES + volume.scsi.sizeBytes());
      into.putShort(volume.number).putByte(volume.writeCacheEnabled ? 1 : 0).putByte(0);
      into.putLong(volume.sizeBytes).putUuid(volume.id).putBytes(volume.scsi.shared());
    }
    for (Epoch epoch : lineage.epochs()) {
      byte[] bytes = new byte[Epoch.BYTES];
      epoch.put(bytes, 0);
      into.putShort(TAG_EPOCH).putShort(FLAG_NEEDED).putInt(bytes.length).putBytes(bytes);
    }
  }

  /**
   * Takes a snapshot out of what was loaded into the scratch.
   *
   * @throws FormatException if the bytes are no snapshot, or one that needs a newer program
   */
  public static StateSnapshot decode(Scratch from) throws FormatException {
    if (from.takeInt() != MAGIC) {
      throw new FormatException(0, "no state snapshot");
    }
    from.takeShort();
    int oldestReader = from.takeShort();
    if (oldestReader > VERSION) {
      throw new FormatException(6, "state needs version " + oldestReader + ", this is " + VERSION);
    }
    List<VolumeState> volumes = new ArrayList<>();
    List<Epoch> epochs = new ArrayList<>();
    try {
      while (from.remainingBytes() > 0) {
        takeEntry(from, volumes, epochs);
      }
      return new StateSnapshot(volumes, new Lineage(epochs));
    } catch (Invariant.Broken e) {
      // A value that its own constructor refuses: the bytes are at fault here, not the program.
      FormatException impossible =
          new FormatException(from.position(), "impossible value: " + e.getMessage());
      impossible.initCause(e);
      throw impossible;
    }
  }

  private static void takeEntry(Scratch from, List<VolumeState> volumes, List<Epoch> epochs)
      throws FormatException {
    int at = from.position();
    int tag = from.takeShort();
    int flags = from.takeShort();
    int length = from.takeCount(from.remainingBytes());
    switch (tag) {
      case TAG_VOLUME -> volumes.add(takeVolume(from, at, length));
      case TAG_EPOCH -> {
        if (length != Epoch.BYTES) {
          throw new FormatException(at, "epoch of " + length + " bytes");
        }
        epochs.add(Epoch.get(from.takeBytes(length), 0));
      }
      default -> {
        if ((flags & FLAG_NEEDED) != 0) {
          throw new FormatException(at, "state holds tag " + tag + ", which a newer program needs");
        }
        from.skip(length);
      }
    }
  }

  private static VolumeState takeVolume(Scratch from, int at, int length) throws FormatException {
    if (length < VOLUME_BYTES || length > VOLUME_BYTES + MAX_SCSI_BYTES) {
      throw new FormatException(at, "volume state of " + length + " bytes");
    }
    int number = from.takeShort();
    int cache = from.takeByte();
    int reserved = from.takeByte();
    if (cache > 1 || reserved != 0) {
      throw new FormatException(at, "volume state with write cache " + cache + ", " + reserved);
    }
    long sizeBytes = from.takeLong();
    UUID id = from.takeUuid();
    Blob scsi = Blob.of(from.takeBytes(length - VOLUME_BYTES));
    return new VolumeState(number, id, sizeBytes, cache == 1, scsi);
  }
}
