package io.tharsis.cli;

import io.tharsis.replication.control.Command;
import io.tharsis.replication.control.Outcome;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The verbs by which a cluster's certificate authority is kept and moved. */
final class AuthorityVerbs {

  private AuthorityVerbs() {}

  /** Exports. */
  @picocli.CommandLine.Command(
      name = "ca-export",
      description = {
        "Puts the cluster's certificate authority into a file, under a pass phrase.",
        "Without it nobody can join or be thrown out once the node that has it is lost: make an"
            + " export when the cluster is made, and keep file and pass phrase away from the"
            + " cluster, and from each other."
      })
  static final class CaExport extends NodeVerb {
    @Parameters(index = "0", paramLabel = "FILE", description = "A file that is not there yet.")
    private Path file;

    @Mixin private PassPhrase passPhrase;

    @Override
    Command command() throws RefusedException {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw Refusal.usage("file-exists", file + " is there already", "another name").thrown();
      }
      return new Command.CaExport(passPhrase.choose());
    }

    @Override
    void take(Outcome outcome) throws RefusedException {
      if (outcome instanceof Outcome.CaExported(String export)) {
        try {
          write(export);
        } catch (IOException failure) {
          throw Refusal.host(
                  "cannot-write", file + " cannot be written: " + failure, "another place")
              .thrown();
        }
      }
    }

    /** Durable, and readable to nobody else from the beginning. */
    private void write(String export) throws IOException {
      try (FileChannel out =
          FileChannel.open(
              file,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer left = ByteBuffer.wrap(export.getBytes(StandardCharsets.US_ASCII));
        while (left.hasRemaining()) {
          out.write(left);
        }
        out.force(true);
      }
    }
  }

  /** Imports. */
  @picocli.CommandLine.Command(
      name = "ca-import",
      description = {
        "Makes this node the one that has the cluster's certificate authority.",
        "The node that had it stops using its copy as soon as it hears of it."
      })
  static final class CaImport extends ChangingVerb {
    @Parameters(index = "0", paramLabel = "FILE", description = "What ca-export has made.")
    private Path file;

    @Mixin private PassPhrase passPhrase;

    @Override
    Command command() throws RefusedException {
      String export;
      try {
        export = Files.readString(file, StandardCharsets.US_ASCII);
      } catch (IOException unreadable) {
        throw Refusal.usage(
                "export-file", file + " cannot be read as an export of a CA", "another file")
            .thrown();
      }
      return new Command.CaImport(export, passPhrase.read());
    }
  }
}
