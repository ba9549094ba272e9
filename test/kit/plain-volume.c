// A volume of a cloud: under the folder that PLAIN_VOLUME names a new file can be written from its beginning to its end, read and
// deleted, and nothing else. Preloaded into a process, it refuses append, rename, link, change of rights, sync and truncation there.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int on_volume(const char *path) {
  const char *volume = getenv("PLAIN_VOLUME");
  return volume != NULL && path != NULL && strncmp(path, volume, strlen(volume)) == 0;
}

static int of_volume(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return on_volume(path);
}

#define NEXT(name) dlsym(RTLD_NEXT, name)
#define REFUSE(where) if (where) { errno = ENOTSUP; return -1; }

// to an existing file nothing is added, and none is opened for reading and writing
#define IS_ALTERED(path, flags) \
  (on_volume(path) && (((flags) & O_APPEND) || ((flags) & O_ACCMODE) == O_RDWR || \
                       (((flags) & O_ACCMODE) == O_WRONLY && !((flags) & (O_EXCL | O_TRUNC)))))

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    REFUSE(IS_ALTERED(path, flags)) \
    return ((int (*)(const char *, int, mode_t))NEXT(#name))(path, flags, mode); \
  }
#define OPENAT(name) \
  int name(int at, const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    REFUSE(IS_ALTERED(path, flags)) \
    return ((int (*)(int, const char *, int, mode_t))NEXT(#name))(at, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

#define OF_TWO(name) \
  int name(const char *from, const char *to) { \
    REFUSE(on_volume(from) || on_volume(to)) \
    return ((int (*)(const char *, const char *))NEXT(#name))(from, to); \
  }
OF_TWO(rename)
OF_TWO(link)
OF_TWO(symlink)

int renameat(int a, const char *from, int b, const char *to) {
  REFUSE(on_volume(from) || on_volume(to))
  return ((int (*)(int, const char *, int, const char *))NEXT("renameat"))(a, from, b, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  REFUSE(on_volume(from) || on_volume(to))
  return ((int (*)(int, const char *, int, const char *, unsigned))NEXT("renameat2"))(a, from, b, to, flags);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
  REFUSE(on_volume(from) || on_volume(to))
  return ((int (*)(int, const char *, int, const char *, int))NEXT("linkat"))(a, from, b, to, flags);
}
int chmod(const char *path, mode_t mode) {
  REFUSE(on_volume(path))
  return ((int (*)(const char *, mode_t))NEXT("chmod"))(path, mode);
}
int fchmodat(int at, const char *path, mode_t mode, int flags) {
  REFUSE(on_volume(path))
  return ((int (*)(int, const char *, mode_t, int))NEXT("fchmodat"))(at, path, mode, flags);
}
int fchmod(int fd, mode_t mode) {
  REFUSE(of_volume(fd))
  return ((int (*)(int, mode_t))NEXT("fchmod"))(fd, mode);
}

#define OF_FD(name) \
  int name(int fd) { \
    REFUSE(of_volume(fd)) \
    return ((int (*)(int))NEXT(#name))(fd); \
  }
OF_FD(fsync)
OF_FD(fdatasync)

#define TRUNCATE(name, type) \
  int name(int fd, type length) { \
    REFUSE(of_volume(fd)) \
    return ((int (*)(int, type))NEXT(#name))(fd, length); \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)
