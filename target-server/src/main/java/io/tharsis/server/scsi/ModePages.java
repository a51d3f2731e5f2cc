package io.tharsis.server.scsi;

import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.WriteCache;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jscsi.target.scsi.modeSense.CachingModePage;
import org.jscsi.target.scsi.modeSense.HeaderType;
import org.jscsi.target.scsi.modeSense.InformationExceptionsControlModePage;
import org.jscsi.target.scsi.modeSense.LongLogicalBlockDescriptor;
import org.jscsi.target.scsi.modeSense.ModePage;
import org.jscsi.target.scsi.modeSense.ModeParameterList;
import org.jscsi.target.scsi.modeSense.ModeParameterListBuilder;
import org.jscsi.target.scsi.modeSense.Page_0FormatModePage;
import org.jscsi.target.scsi.modeSense.ShortLogicalBlockDescriptor;

/**
 * Every mode parameter list a logical unit can be asked for, SPC-4 7.5 and SBC-3 6.5, built once.
 * Nothing can be changed (there is no MODE SELECT), so default values are the current ones and the
 * mask of changeable values is zeros.
 */
final class ModePages {

  static final int CACHING = 0x08;
  static final int CONTROL = 0x0a;
  static final int INFORMATIONAL_EXCEPTIONS = 0x1c;
  static final int ALL = 0x3f;

  /** DEVICE-SPECIFIC PARAMETER: DPOFUA=1, WP=0 (SBC-3 6.5.1). */
  private static final byte DEVICE_SPECIFIC = 0x10;

  /** The form of a list: which header, and which block descriptor behind it. */
  enum Form {
    SIX(HeaderType.MODE_PARAMETER_HEADER_6, 2),
    SIX_BARE(HeaderType.MODE_PARAMETER_HEADER_6, 2),
    TEN(HeaderType.MODE_PARAMETER_HEADER_10, 3),
    TEN_LONG(HeaderType.MODE_PARAMETER_HEADER_10, 3),
    TEN_BARE(HeaderType.MODE_PARAMETER_HEADER_10, 3);

    private final HeaderType header;
    private final int deviceSpecificAt;

    Form(HeaderType header, int deviceSpecificAt) {
      this.header = header;
      this.deviceSpecificAt = deviceSpecificAt;
    }
  }

  private record Key(Form form, int page, boolean changeable) {}

  private final Map<Key, byte[]> lists = new HashMap<>();

  ModePages(Volume volume) {
    for (Form form : Form.values()) {
      for (boolean changeable : new boolean[] {false, true}) {
        boolean cached = volume.writeCache() == WriteCache.FLUSH && !changeable;
        ModePage caching = caching(cached);
        ModePage control = new ControlModePage(changeable);
        ModePage exceptions = informationalExceptions(!changeable);
        put(new Key(form, CACHING, changeable), volume, caching);
        put(new Key(form, CONTROL, changeable), volume, control);
        put(new Key(form, INFORMATIONAL_EXCEPTIONS, changeable), volume, exceptions);
        put(new Key(form, ALL, changeable), volume, caching, control, exceptions);
      }
    }
  }

  /** A complete list; empty if there is no such page. */
  Optional<byte[]> list(Form form, int page, boolean changeable) {
    return Optional.ofNullable(lists.get(new Key(form, page, changeable)));
  }

  private void put(Key key, Volume volume, ModePage... pages) {
    ModeParameterListBuilder builder = new ModeParameterListBuilder(key.form().header);
    long blocks = volume.sizeBytes() >>> BlockSize.LOGICAL_SHIFT;
    switch (key.form()) {
      case SIX, TEN ->
          builder.setLogicalBlockDescriptors(
              new ShortLogicalBlockDescriptor(Math.min(blocks, 0xffff_ffffL), BlockSize.LOGICAL));
      case TEN_LONG ->
          builder.setLogicalBlockDescriptors(
              new LongLogicalBlockDescriptor[] {
                new LongLogicalBlockDescriptor(blocks, BlockSize.LOGICAL)
              });
      case SIX_BARE, TEN_BARE -> {}
    }
    builder.setModePages(pages);
    ModeParameterList list = ModeParameterList.build(builder);
    byte[] bytes = new byte[list.size()];
    list.serialize(ByteBuffer.wrap(bytes), 0);
    bytes[key.form().deviceSpecificAt] = DEVICE_SPECIFIC;
    lists.put(key, bytes);
  }

  /** Caching, SBC-3 6.5.5: WCE as the volume says; no other cache is told or controlled. */
  private static CachingModePage caching(boolean writeCacheEnabled) {
    return new CachingModePage(
        false,
        false,
        false,
        false,
        false,
        false,
        writeCacheEnabled,
        false,
        false,
        0,
        0,
        0,
        0,
        0,
        0,
        false,
        false,
        false,
        false,
        0,
        0);
  }

  /** Informational exceptions, SPC-4 7.5.13: DEXCPT, there is nothing to predict a failure from. */
  private static InformationExceptionsControlModePage informationalExceptions(boolean disabled) {
    return new InformationExceptionsControlModePage(
        false, false, false, false, disabled, false, false, 0, 0, 0);
  }

  /** Control, SPC-4 7.5.8: one task set for all, tasks reordered freely, fixed format sense. */
  private static final class ControlModePage extends Page_0FormatModePage {

    private final boolean changeable;

    ControlModePage(boolean changeable) {
      super(false, CONTROL, 0x0a);
      this.changeable = changeable;
    }

    @Override
    protected void serializeModeParameters(ByteBuffer into, int at) {
      byte[] parameters = new byte[pageLength];
      if (!changeable) {
        parameters[1] = 0x10; // QUEUE ALGORITHM MODIFIER: unrestricted reordering, QERR=0
        Cdb.put16(parameters, 6, 0xffff); // BUSY TIMEOUT PERIOD: unlimited
      }
      into.put(at + 2, parameters); // the index given is that of the page
    }
  }
}
