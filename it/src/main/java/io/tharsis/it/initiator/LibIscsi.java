package io.tharsis.it.initiator;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The functions of libiscsi 1.19 (and {@code poll}) that an initiator needs, with the types of
 * {@code iscsi/iscsi.h}.
 *
 * <p>Pointers travel as {@code long}: on every LP64 platform that is the same calling convention,
 * and no segment object is made per call. The functions bound as short never block and never call
 * back, so they skip the thread state transition. The methods are the C functions, one to one;
 * {@code int} results below zero are errors.
 */
@SuppressWarnings("restricted") // foreign calls are what this class is for
final class LibIscsi {

  /** Signature of {@code iscsi_command_cb}: context, status, command data, private data. */
  static final FunctionDescriptor CALLBACK =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

  private static final String LIBRARY = "libiscsi.so.7";
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = open();

  private static final MethodHandle CREATE_CONTEXT =
      bind("iscsi_create_context", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
  private static final MethodHandle DESTROY_CONTEXT =
      bind("iscsi_destroy_context", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
  private static final MethodHandle SET_TARGET_NAME =
      bind("iscsi_set_targetname", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle SET_SESSION_TYPE =
      bind("iscsi_set_session_type", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SET_TIMEOUT =
      bind("iscsi_set_timeout", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SET_ISID_RANDOM =
      bind("iscsi_set_isid_random", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
  private static final MethodHandle SET_NO_AUTO_RECONNECT =
      bind("iscsi_set_noautoreconnect", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT));
  private static final MethodHandle CONNECT =
      bind("iscsi_connect_sync", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle LOGIN =
      bind("iscsi_login_sync", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
  private static final MethodHandle FULL_CONNECT =
      bind(
          "iscsi_full_connect_sync",
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle LOGOUT =
      bind("iscsi_logout_sync", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
  private static final MethodHandle DISCONNECT =
      bind("iscsi_disconnect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
  private static final MethodHandle GET_ERROR =
      bind("iscsi_get_error", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
  private static final MethodHandle SERVICE =
      bind("iscsi_service", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle GET_FD =
      bindShort("iscsi_get_fd", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
  private static final MethodHandle WHICH_EVENTS =
      bindShort("iscsi_which_events", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
  private static final MethodHandle CREATE_TASK =
      bindShort(
          "scsi_create_task",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
  private static final MethodHandle FREE_TASK =
      bindShort("scsi_free_scsi_task", FunctionDescriptor.ofVoid(JAVA_LONG));
  private static final MethodHandle SET_IOV_IN =
      bindShort("scsi_task_set_iov_in", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SET_IOV_OUT =
      bindShort("scsi_task_set_iov_out", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle COMMAND =
      bind(
          "iscsi_scsi_command_async",
          FunctionDescriptor.of(
              JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle POLL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("poll"),
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private LibIscsi() {}

  private static SymbolLookup open() {
    try {
      return SymbolLookup.libraryLookup(LIBRARY, Arena.global());
    } catch (IllegalArgumentException e) {
      UnsatisfiedLinkError error =
          new UnsatisfiedLinkError(LIBRARY + " not found; install the package libiscsi7");
      error.initCause(e);
      throw error;
    }
  }

  private static MethodHandle bind(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(SYMBOLS.findOrThrow(name), type);
  }

  private static MethodHandle bindShort(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(SYMBOLS.findOrThrow(name), type, Linker.Option.critical(false));
  }

  private static RuntimeException unexpected(Throwable throwable) {
    return switch (throwable) {
      case Error error -> throw error;
      case RuntimeException exception -> exception;
      case Throwable other -> new IllegalStateException("a foreign call threw", other);
    };
  }

  static long createContext(long initiatorName) {
    try {
      return (long) CREATE_CONTEXT.invokeExact(initiatorName);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int destroyContext(long context) {
    try {
      return (int) DESTROY_CONTEXT.invokeExact(context);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int setTargetName(long context, long name) {
    try {
      return (int) SET_TARGET_NAME.invokeExact(context, name);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int setSessionType(long context, int type) {
    try {
      return (int) SET_SESSION_TYPE.invokeExact(context, type);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int setTimeout(long context, int seconds) {
    try {
      return (int) SET_TIMEOUT.invokeExact(context, seconds);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int setIsidRandom(long context, int random, int qualifier) {
    try {
      return (int) SET_ISID_RANDOM.invokeExact(context, random, qualifier);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void setNoAutoReconnect(long context, int on) {
    try {
      SET_NO_AUTO_RECONNECT.invokeExact(context, on);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int connect(long context, long portal) {
    try {
      return (int) CONNECT.invokeExact(context, portal);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int login(long context) {
    try {
      return (int) LOGIN.invokeExact(context);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int fullConnect(long context, long portal, int lun) {
    try {
      return (int) FULL_CONNECT.invokeExact(context, portal, lun);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int logout(long context) {
    try {
      return (int) LOGOUT.invokeExact(context);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int disconnect(long context) {
    try {
      return (int) DISCONNECT.invokeExact(context);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long getError(long context) {
    try {
      return (long) GET_ERROR.invokeExact(context);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int service(long context, int events) {
    try {
      return (int) SERVICE.invokeExact(context, events);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int getFd(long context) {
    try {
      return (int) GET_FD.invokeExact(context);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int whichEvents(long context) {
    try {
      return (int) WHICH_EVENTS.invokeExact(context);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static long createTask(int cdbBytes, long cdb, int direction, int expectedBytes) {
    try {
      return (long) CREATE_TASK.invokeExact(cdbBytes, cdb, direction, expectedBytes);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void freeTask(long task) {
    try {
      FREE_TASK.invokeExact(task);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void setIovIn(long task, long iov, int count) {
    try {
      SET_IOV_IN.invokeExact(task, iov, count);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static void setIovOut(long task, long iov, int count) {
    try {
      SET_IOV_OUT.invokeExact(task, iov, count);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /**
   * {@code iscsi_scsi_command_async} without the old-style data structure: the task carries its own
   * vectors.
   */
  static int command(long context, int lun, long task, long callback, long privateData) {
    try {
      return (int) COMMAND.invokeExact(context, lun, task, callback, 0L, privateData);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Waits on one {@code struct pollfd}; the answer is in the structure. */
  static int poll(MemorySegment pollFd, int timeoutMillis) {
    try {
      return (int) POLL.invokeExact(pollFd.address(), 1L, timeoutMillis);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }
}
