package io.tharsis.server.node;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;

/** What the world did wrong, as a sentence: some exceptions of the JDK name only a file. */
public final class WorldFailure {

  private WorldFailure() {}

  /** The sentence, without a full stop. */
  public static String describe(IOException cause) {
    return switch (cause) {
      case NoSuchFileException file -> file.getFile() + " does not exist";
      case AccessDeniedException file -> file.getFile() + ": permission denied";
      case FileAlreadyExistsException file -> file.getFile() + " exists already";
      case NotDirectoryException file -> file.getFile() + " is not a directory";
      case FileSystemException file when file.getReason() == null ->
          file.getFile() + " cannot be used";
      case IOException other -> Optional.ofNullable(other.getMessage()).orElseGet(other::toString);
    };
  }
}
