package io.tharsis.cli;

import io.tharsis.replication.control.DataSize;
import java.util.OptionalLong;
import picocli.CommandLine.TypeConversionException;

/** A size as an operator says it. */
record Size(long bytes) {

  static Size parse(String word) {
    OptionalLong bytes = DataSize.parse(word);
    if (bytes.isEmpty()) {
      throw new TypeConversionException(
          "'" + word + "' is no size. Try: 512MiB, 10GiB, 1TiB, or a number of bytes");
    }
    return new Size(bytes.getAsLong());
  }
}
