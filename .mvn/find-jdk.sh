# Finds a JDK 25 and exports JAVA_HOME; to be sourced by a POSIX shell.
#
# Looks at THARSIS_JAVA_HOME, JAVA_HOME, the javac on the PATH and the usual folders, and believes
# only what the JDK's own `release` file says. Where there is none it says what to install and ends
# the shell with 69 (EX_UNAVAILABLE). With THARSIS_INSTALL_JDK=yes and root it first asks apt for one.

# jdk_is_25 DIR: a JDK (not only a runtime) of feature release 25
jdk_is_25() {
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
    grep -Eq '^JAVA_VERSION="25[".]' "$1/release"
}

# jdk_on_path: the home of the javac on the PATH, links resolved
jdk_on_path() {
  jdk_javac=$(command -v javac) || return 0
  jdk_javac=$(readlink -f "$jdk_javac") || return 0
  dirname "$(dirname "$jdk_javac")"
}

# jdk_search: exports JAVA_HOME if there is a JDK 25
jdk_search() {
  for jdk_home in "${THARSIS_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(jdk_on_path)" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "${HOME:-/nonexistent}"/.sdkman/candidates/java/*; do
    if jdk_is_25 "$jdk_home"; then
      JAVA_HOME=$jdk_home
      export JAVA_HOME
      return 0
    fi
  done
  return 1
}

# jdk_install: the first JDK 25 that apt offers
jdk_install() {
  [ "${THARSIS_INSTALL_JDK:-}" = yes ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  apt-get -qq update >&2 || true
  for jdk_package in openjdk-25-jdk-headless temurin-25-jdk; do
    if apt-cache show "$jdk_package" >/dev/null 2>&1; then
      DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "$jdk_package" >&2 &&
        return 0
    fi
  done
  return 1
}

if ! jdk_search; then
  if ! { jdk_install && jdk_search; }; then
    echo "tharsis: no JDK 25 found: install Temurin 25 or openjdk-25-jdk-headless, or set THARSIS_JAVA_HOME to one." >&2
    exit 69
  fi
fi
