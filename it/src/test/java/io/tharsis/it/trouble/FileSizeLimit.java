package io.tharsis.it.trouble;

import io.tharsis.it.process.Program;
import io.tharsis.it.process.ServeProcess;
import java.io.IOException;
import java.time.Duration;

/**
 * Makes writes of a running process fail: while there is a limit, the kernel refuses every write of
 * the process that reaches beyond an offset of any file (RLIMIT_FSIZE). Needs no privilege, because
 * the hard limit stays.
 */
final class FileSizeLimit {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final long pid;

  FileSizeLimit(ServeProcess process) {
    pid = process.pid();
  }

  /** Writes that reach beyond so many bytes of a file fail from now on. */
  void impose(long bytes) throws IOException {
    set(Long.toString(bytes));
  }

  /** Writes work again. */
  void lift() throws IOException {
    set("unlimited");
  }

  private void set(String soft) throws IOException {
    Program.of("prlimit", "--pid", pid, "--fsize=" + soft + ":unlimited").run(LIMIT).ok();
  }
}
